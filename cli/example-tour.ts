import { relative } from "node:path";
import { ApiError, type Client, type Deployment, type Run } from "@headwater/api";
import type { Context } from "./context.js";
import { RunProgress } from "./run-progress.js";
import { startedBy } from "./started-by.js";
import { renderSteps } from "./step-table.js";
import { plain } from "./table.js";
import { durationText } from "./time-text.js";
import { UsageError } from "./usage-error.js";
import { watchRun } from "./watch-run.js";

const NAME = "example";
/** How long `--once` waits for runs that the first one has caused, and how often it looks. */
const OTHERS_MS_MAX = 120_000;
const OTHERS_ASK_EVERY_MS = 200;

/** A repository made of the example; see `seedRepository`. */
export interface TouredRepository {
  readonly origin: string;
  /** A clone to edit, commit and push from. */
  readonly checkout: string;
  readonly isNew: boolean;
}

export interface ExampleTourOptions {
  readonly client: Client;
  readonly url: string;
  readonly repository: TouredRepository;
}

/** What `npm start` shows a newcomer: a repository is deployed, one run goes, and what to type next. By the public API. */
export class ExampleTour {
  readonly #context: Context;
  readonly #options: ExampleTourOptions;
  readonly #stop = new AbortController();

  constructor(context: Context, options: ExampleTourOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Registers the repository when it is new, deploys its main and starts one run. @throws UsageError when the commit was refused */
  async begin(): Promise<Run> {
    const { client, repository, url } = this.#options;
    const { style } = this.#context;
    this.#say(`${style.bold("Headwater is up:")} ${url}`);
    await this.#register();
    const { repositories } = await client.listRepositories();
    const own = repositories.find(({ name }) => name === NAME);
    const { deployments } = await client.listDeployments({ query: { repositoryId: own?.id, limit: 20 } });
    const deployment = deployments.find(({ status }) => status === "active");
    const project = deployment?.project;
    if (deployment === undefined || project === null || project === undefined) throw refused(deployments[0]);
    const commit = deployment.commit.slice(0, 8);
    this.#say(
      repository.isNew
        ? `Made a Git repository of the example and deployed its main at ${commit}: ${plain(deployment.reason ?? project)}`
        : `The example is deployed: its main at ${commit}, ${countWorkflows(deployment)}`,
    );
    const workflow = await this.#firstWorkflow(project);
    const run = await client.startRun({ params: { project, workflow }, body: { by: this.#context.io.user } });
    this.#say(`Started ${style.bold(plain(run.name))}\n`);
    return run;
  }

  /** Shows the run's steps until it ends; answers null when the tour was stopped before. */
  async follow(started: Run): Promise<Run | null> {
    const { io, style } = this.#context;
    const progress = new RunProgress(this.#context, "text");
    const { run, steps } = await watchRun(this.#options.client, started, {
      signal: this.#stop.signal,
      onChange: (now) => progress.show(now),
    });
    progress.clear();
    if (run.endedAt === null) return null;
    const took = durationText(run.endedAt - (run.startedAt ?? run.endedAt));
    const reason = run.reason === null ? "" : `: ${plain(run.reason)}`;
    this.#say(renderSteps(steps, { style, columns: io.stdout.columns, attempt: run.attempt }));
    this.#say(`${style.bold(plain(run.name))} ${style.status(run.status)} in ${took}${reason}`);
    const result = steps.filter(({ outputs }) => outputs !== null).at(-1);
    for (const [name, value] of Object.entries(result?.outputs ?? {})) {
      this.#say(`  ${plain(name)}: ${plain(typeof value === "string" ? value : JSON.stringify(value))}`);
    }
    return run;
  }

  /** Waits for the runs that others have started by then, such as those that hear the first one's signals, and says how they end. */
  async awaitOthers(first: Run): Promise<void> {
    const { client } = this.#options;
    const { io, style } = this.#context;
    const told = new Set([first.id]);
    const deadline = io.now() + OTHERS_MS_MAX;
    while (!this.#stop.signal.aborted && io.now() < deadline) {
      const { runs } = await client.listRuns({ query: { project: first.project } });
      const others = runs.filter(({ createdAt }) => createdAt >= first.createdAt);
      for (const run of others) {
        if (run.endedAt === null || told.has(run.id)) continue;
        told.add(run.id);
        const took = durationText(run.endedAt - (run.startedAt ?? run.endedAt));
        const by = plain(startedBy(run.trigger));
        this.#say(`${style.bold(plain(run.name))} ${style.status(run.status)} in ${took}, started by ${by}`);
      }
      if (others.every(({ endedAt }) => endedAt !== null)) return;
      await io.pause(OTHERS_ASK_EVERY_MS);
    }
  }

  sayWhatNext(): void {
    const { io, style } = this.#context;
    const { url, repository } = this.#options;
    if (this.#stop.signal.aborted) return;
    const checkout = relative(io.cwd, repository.checkout) || ".";
    this.#say(
      [
        "",
        style.bold("Look"),
        `  ${url}                       workflows, runs and logs, live, in a browser`,
        "  npx headwater runs                          the same in another terminal; --help says what else",
        style.bold("Change something"),
        `  cd ${checkout}`,
        "  edit a file in pipelines/, then: git commit -am 'My change' && git push",
        "  npx headwater deployments                   the push is live within seconds, or refused with the reason",
        style.bold("Your own repository"),
        "  docs/guide/first-pipeline.md                five minutes to a scheduled run",
        "",
        "Ctrl-C ends the service. Nothing is lost: the next npm start goes on.",
      ].join("\n"),
    );
  }

  stop(): void {
    this.#stop.abort();
  }

  async #register(): Promise<void> {
    const { client, repository } = this.#options;
    try {
      await client.addRepository({ body: { url: repository.origin, branch: "main", name: NAME } });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "repository-exists") throw error;
      await client.syncRepository({ params: { name: NAME } });
    }
  }

  /** The first with a schedule: what only hears signals has nothing to hear yet. */
  async #firstWorkflow(project: string): Promise<string> {
    const { workflows } = await this.#options.client.listWorkflows({ query: { project } });
    const first = workflows.find(({ nextFireAt }) => nextFireAt !== null) ?? workflows[0];
    if (first === undefined) throw new UsageError(`Cannot start a run of "${project}": it has no workflow`);
    return first.workflow;
  }

  #say(text: string): void {
    this.#context.io.stdout.write(`${text}\n`);
  }
}

function countWorkflows({ added, changed, unchanged }: Deployment): string {
  const count = added.length + changed.length + unchanged;
  return `${count} workflow${count === 1 ? "" : "s"}`;
}

function refused(deployment: Deployment | undefined): UsageError {
  const findings = deployment?.diagnostics.map(
    ({ file, line, column, code, message }) => `\n  ${file}:${line}:${column} ${code}: ${message}`,
  );
  return new UsageError(
    `Cannot start the example: its main is not deployed: ${deployment?.reason ?? "no commit was seen"}${(findings ?? []).join("")}`,
  );
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { resolveParams, type Actor } from "@headwater/engine";
import { checkDeployable, type CompiledProject, type CompiledWorkflow } from "@headwater/workflow";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Ids } from "../ids.js";
import type { Log } from "../log.js";
import { Loop } from "../loop.js";
import type { Registry } from "../registry/registry.js";
import { workflowsWithin } from "../registry/workflows-within.js";
import type { Runs } from "../runs/runs.js";
import { repositoryKey } from "../source/remote/repository-url.js";
import type { Source } from "../source/source.js";
import { previewEnvironment, type PreviewRow } from "../store/previews.js";
import type { NewRun, RunRow, Store } from "../store/store.js";
import { previewVersion } from "./preview-version.js";
import type { PreviewRequest, Previews } from "./previews.js";

export interface PreviewsOptions {
  readonly store: Store;
  readonly source: Pick<Source, "keepCommit">;
  readonly registry: Pick<Registry, "compile">;
  readonly runs: Pick<Runs, "adopt" | "actOnRun">;
  readonly feed: Pick<ChangeFeed, "subscribe">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly dataFolder: string;
}

const PAGE = 100;
/** How long after a look another one is due at runs that have not ended though they were canceled. */
const LOOK_AGAIN_MS = 10_000;
/** For so long after its end the run of a preview is known as one. */
const REMEMBERED_MS = 60_000;

/** Previews of pull requests; see `Previews`. `start` it after the runs. */
export function createPreviews(options: PreviewsOptions): Previews {
  return new LocalPreviews(options);
}

class LocalPreviews implements Previews {
  readonly #options: PreviewsOptions;
  readonly #loop: Loop;
  #unsubscribe = (): void => undefined;

  constructor(options: PreviewsOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#loop = new Loop({ name: "previews that end", clock, log, round: () => this.#round() });
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#options.feed.subscribe(null, (published) => {
      const kind = published?.change.kind;
      if (kind === "run" || kind === "repository") this.#loop.wake();
    });
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  async begin(request: PreviewRequest): Promise<RunRow> {
    const { store, registry, source, ids, clock, runs } = this.#options;
    const { repository, change, commit, place } = request;
    const triggerKey = `preview:${repository.id}/${change}:${request.requestId}`;
    const known = await store.findRunByTriggerKey(triggerKey);
    if (known !== null) return known;
    const compiled = await registry.compile(repository, commit);
    const { project, workflow } = findWorkflow(compiled, request);
    await this.#refuseForeign(project, request);
    const environment = previewEnvironment(change);
    const createdAt = clock.now();
    const where = { project, environment, commit, createdAt };
    const versions = workflowsWithin(workflow, compiled).map((one) => previewVersion(one, where));
    const run = newRun(request, {
      id: ids.next("run", createdAt),
      versionId: versions[0]?.id ?? "",
      triggerKey,
      workflow,
      ...where,
    });
    await source.keepCommit(repository.id, commit);
    const row = {
      repositoryId: repository.id,
      change,
      ...where,
      workflow: workflow.id,
      runId: run.id,
      place,
    };
    await this.#cancel(row, { by: request.by, reason: "another preview takes its place" });
    await store.savePreview({ ...row, isEnding: false }, versions);
    const created = await store.createRuns([run]);
    runs.adopt(created);
    return created[0] ?? (await store.findRun(run.id)) ?? unreachable(run);
  }

  /** Its data, pools and permits are of whoever has deployed the project: a head may name any. */
  async #refuseForeign(
    project: string,
    { repository, workflow, change, commit }: PreviewRequest,
  ): Promise<void> {
    const { store } = this.#options;
    const [environments, repositories, previews] = await Promise.all([
      store.listEnvironments(),
      store.listRepositories(),
      store.listPreviews(),
    ]);
    const here = repositoryKey(repository.url);
    const own = repositories.filter(({ url }) => repositoryKey(url) === here).map(({ id }) => id);
    const refuse = (problem: string): never => {
      throw new ServiceError(
        "action-not-allowed",
        `Cannot preview "${workflow}" of ${commit.slice(0, 12)}: ${problem}`,
      );
    };
    if (!environments.some((one) => one.project === project && own.includes(one.repositoryId)))
      refuse(`this repository has not deployed the project "${project}"`);
    const before = previews.find((one) => one.repositoryId === repository.id && one.change === change);
    if (before === undefined || before.project === project) return;
    // The row of a preview is all that knows of its data.
    await this.end(before);
    refuse(
      `its earlier preview, of the project "${before.project}", is thrown away first. Ask again in two minutes`,
    );
  }

  async end(of: Pick<PreviewRow, "repositoryId" | "change">): Promise<void> {
    await this.#options.store.endPreview(of);
    this.#loop.wake();
  }

  /** When to look again at what has not ended yet; null when all has. */
  async #round(): Promise<number | null> {
    const { store, clock } = this.#options;
    const followed = new Set((await store.listRepositories()).map(({ id }) => id));
    const isOver = ({ isEnding, repositoryId }: PreviewRow): boolean =>
      isEnding || !followed.has(repositoryId);
    const ending = (await store.listPreviews()).filter(isOver);
    let isLeft = false;
    for (const preview of ending) if (!(await this.#throwAway(preview))) isLeft = true;
    return isLeft ? clock.now() + LOOK_AGAIN_MS : null;
  }

  /** False while something is left of it. */
  async #throwAway(preview: PreviewRow): Promise<boolean> {
    const { store, dataFolder, clock, log } = this.#options;
    const { change, project, environment, isEnding } = preview;
    const left = await this.#cancel(preview, {
      by: "headwater",
      reason: isEnding ? `pull request #${change} is closed` : "its repository is not followed any more",
    });
    if (left > 0) return false;
    await rm(join(dataFolder, "data", project, environment), { recursive: true, force: true });
    const run = await store.findRun(preview.runId);
    // Until then whoever tells how it ended finds it here.
    if ((run?.endedAt ?? 0) > clock.now() - REMEMBERED_MS) return false;
    await store.removePreview(preview);
    log.info("Threw a preview away", { project, environment });
    return true;
  }

  /** How many of its runs had not ended. */
  async #cancel(
    { project, environment }: Pick<PreviewRow, "project" | "environment">,
    actor: Actor,
  ): Promise<number> {
    const { store, runs } = this.#options;
    const pages = await Promise.all(
      (["queued", "running"] as const).map((status) =>
        store.listRuns({ project, environment, status, limit: PAGE }),
      ),
    );
    const open = pages.flat();
    for (const { id } of open)
      await runs.actOnRun(id, { kind: "cancel", ...actor }).catch((error: unknown) => {
        // It has ended meanwhile, or is canceled already.
        if (!(error instanceof ServiceError)) throw error;
      });
    return open.length;
  }
}

function findWorkflow(
  compiled: CompiledProject,
  { workflow: id, commit }: PreviewRequest,
): { readonly project: string; readonly workflow: CompiledWorkflow } {
  const { project } = compiled.settings;
  const refusal = (problem: string): ServiceError =>
    new ServiceError("action-not-allowed", `Cannot preview "${id}" of ${commit.slice(0, 12)}: ${problem}`);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  const [first] = [...errors, ...checkDeployable(compiled)];
  if (first !== undefined || project === null) throw refusal(first?.message ?? "the project has no name");
  const workflow = compiled.workflows.find((one) => one.id === id);
  if (workflow === undefined) throw refusal("it has no such workflow");
  return { project, workflow };
}

function newRun(
  { repository, params: given, by, change }: PreviewRequest,
  made: Pick<NewRun, "id" | "project" | "environment" | "commit" | "createdAt" | "versionId"> & {
    readonly triggerKey: string;
    readonly workflow: CompiledWorkflow;
  },
): NewRun {
  const { workflow, ...row } = made;
  const { id, createdAt, commit, environment } = row;
  const context = { id, scheduledAt: createdAt, createdAt, trigger: "manual", commit, environment };
  const resolved = resolveParams(workflow.definition, given, context);
  if (!resolved.ok) {
    const words = resolved.problems.map(({ param, message }) => `"${param}" ${message}`).join("; ");
    throw new ServiceError("invalid-params", `Cannot preview "${workflow.id}": ${words}`);
  }
  return {
    ...row,
    workflow: workflow.id,
    repositoryId: repository.id,
    trigger: { kind: "manual", by: `${by}, on pull request #${change}` },
    params: resolved.params,
    scheduledAt: createdAt,
  };
}

function unreachable({ id }: NewRun): never {
  throw new ServiceError("internal", `Cannot find run "${id}": the store has made it`);
}

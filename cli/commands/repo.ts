import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Option, type Command } from "commander";
import type { Client, Deployment, Repository } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, EXIT_FINDINGS, EXIT_OK, print } from "../context.js";
import { reasonAbove, renderFindings, renderVerdict } from "../deployment-text.js";
import { awaitFirstDeployment, awaitHead, type FirstDeployment } from "../first-deployment.js";
import { addListCommand } from "../list-command.js";
import { renderNotLive, renderRedirected, renderUnfollowed } from "../not-live-text.js";
import type { Style } from "../style.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";
import { UsageError } from "../usage-error.js";

/** `headwater repo add|list|set|sync|remove`: which repositories the service follows. */
export function addRepoCommand(program: Command, context: Context): void {
  const repo = program.command("repo").description("say which repositories the service follows");
  addAdd(repo, context);
  addList(repo, context);
  addSet(repo, context);
  addSync(repo, context);
  addRemove(repo, context);
}

const WHAT_TO_DO =
  "Nothing of it runs. Mend it and commit: a new commit is deployed by itself, and headwater deployments tells what became of it";

interface AddOptions extends ServerOptions {
  readonly branch?: string;
  readonly name?: string;
  readonly follow?: Repository["follows"];
  readonly wait?: boolean;
}

/** What is followed beside the branch itself. */
function addFollow(command: Command, start: string): Command {
  const what = `${start}; environments: also the branches of all that its headwater.yaml declares`;
  return command.addOption(new Option("--follow <what>", what).choices(["branch", "environments"]));
}

function addAdd(repo: Command, context: Context): void {
  const add = withServer(
    repo
      .command("add")
      .description(
        "follow a repository and deploy the branches of its environments; exit 1 when its own is refused",
      ),
  )
    .argument("<url>", "anything that git can clone; a folder of this machine too")
    .option("--branch <branch>", "this one alone; default: the repository's own, and what it declares")
    .option("--name <name>", "default: the last part of the URL")
    .option("--wait", "until its first commit is decided on, however long the clone takes; default: 20 s");
  addFollow(add, "default: environments, with --branch branch").action(
    async (url: string, { format, branch, name, follow, wait = false, ...options }: AddOptions) => {
      const client = await connect(context.io, options);
      const body = { url: absoluteUrl(url, context.io.cwd), branch, name, follows: follow };
      const added = await client.addRepository({ body });
      const first = await awaitFirstDeployment(client, added, { ...context.io, isEndless: wait });
      const declared = (await listDeclared(client)).filter((one) => one.declared?.by === added.id);
      context.exit(exitCodeOf(first));
      const text = (): string => renderFirst(first, context.style) + renderDeclared(declared, context.style);
      print(context, { ...first, declared }, { format, text });
    },
  );
}

function addList(repo: Command, context: Context): void {
  withServer(addListCommand(repo, "list the repositories")).action(
    async ({ format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const answer = await client.listRepositories();
      print(context, answer, { format, text: () => renderRepositories(answer.repositories, context) });
    },
  );
}

interface SetOptions extends Omit<AddOptions, "wait"> {
  readonly to?: string;
}

function addSet(repo: Command, context: Context): void {
  const set = withServer(
    repo
      .command("set")
      .description(
        "say where a repository is now, which branch counts, or its name; what is deployed stays; exit 1 when its head is refused or held",
      ),
  )
    .argument("<repository>", "name or id")
    .option("--to <url>", "it was renamed or moved there")
    .option("--branch <branch>", "follow this one from now on")
    .option("--name <name>", "what it is called here from now on");
  addFollow(set, "branch: that one alone").action(
    async (repository: string, { format, to, branch, name, follow, ...options }: SetOptions) => {
      if ([to, branch, name, follow].every((one) => one === undefined))
        throw new UsageError(`Cannot change "${repository}": give --to, --branch, --name or --follow`);
      const client = await connect(context.io, options);
      const url = to === undefined ? undefined : absoluteUrl(to, context.io.cwd);
      const body = { url, branch, name, follows: follow };
      const changed = await client.changeRepository({ params: { name: repository }, body });
      const head = await awaitHead(client, changed, context.io);
      context.exit(exitCodeOf(head));
      print(context, head, { format, text: () => renderHead(head, context.style) });
    },
  );
}

function addSync(repo: Command, context: Context): void {
  withServer(
    repo
      .command("sync")
      .description("fetch now, and wait for what becomes of it; exit 1 when it is refused or held"),
  )
    .argument("<name>", "name or id")
    .action(async (name: string, { format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const before = new Set((await listDeclared(client)).map(({ id }) => id));
      const synced = await client.syncRepository({ params: { name } });
      const declared = (await listDeclared(client)).filter(
        (one) => one.declared?.by === synced.id && !before.has(one.id),
      );
      const { deployments } = await client.listDeployments({ query: { repositoryId: synced.id, limit: 1 } });
      const latest = deployments[0] ?? null;
      if (latest !== null) context.exit(exitCodeOf({ repository: synced, deployment: latest }));
      const [verdict, ...findings] =
        latest === null ? ["nothing to deploy"] : renderDecided(latest, context.style);
      const lines = [`${plain(synced.name)}: ${verdict}`, ...findings].map((line) => `${line}\n`).join("");
      const text = (): string => lines + renderDeclared(declared, context.style) + renderUnfollowed([synced]);
      print(context, { repository: synced, deployment: latest, declared }, { format, text });
    });
}

/** What is followed because a repository declares it. */
async function listDeclared(client: Client): Promise<readonly Repository[]> {
  const { repositories } = await client.listRepositories();
  return repositories.filter(({ declared }) => declared !== null);
}

function addRemove(repo: Command, context: Context): void {
  withServer(repo.command("remove").description("stop following a repository"))
    .argument("<name>", "name or id")
    .action(async (name: string, { format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const answer = await client.removeRepository({ params: { name } });
      print(context, answer, { format, text: () => `No longer following ${plain(answer.removed)}\n` });
    });
}

function renderHead({ repository, deployment }: FirstDeployment, style: Style): string {
  const { name, branch, url, problem } = repository;
  const following = `Following ${plain(name)}, branch ${plain(branch)} of ${plain(url)}\n`;
  if (deployment !== null) return `${following}${renderVerdict(deployment, style)}\n`;
  if (problem !== null) return `${following}${style.bad("Its head is not known:")} ${plain(problem)}\n`;
  return `${following}Its head is not decided yet. See what becomes of it: headwater deployments\n`;
}

/** Not yet decided is no failure: the service goes on with it. */
function exitCodeOf({ repository, deployment }: FirstDeployment): number {
  if (deployment === null) return repository.problem === null ? EXIT_OK : EXIT_FINDINGS;
  return deployment.status === "refused" || deployment.status === "held" ? EXIT_FINDINGS : EXIT_OK;
}

/** What became of a commit, and below that every finding of it, a line each. */
function renderDecided(deployment: Deployment, style: Style): readonly string[] {
  const verdict = renderVerdict({ ...deployment, reason: reasonAbove(deployment) }, style);
  return [verdict, ...renderFindings(deployment, style)];
}

function renderFirst({ repository, deployment }: FirstDeployment, style: Style): string {
  const name = plain(repository.name);
  const lines = [`Following ${name}, branch ${plain(repository.branch)}`];
  if (deployment !== null) {
    lines.push(...renderDecided(deployment, style));
    if (exitCodeOf({ repository, deployment }) !== EXIT_OK) lines.push(WHAT_TO_DO);
  } else if (repository.problem !== null) {
    lines.push(`${style.bad("Nothing is deployed:")} ${plain(repository.problem)}`);
    lines.push(
      `It is tried again by itself, and at once with: headwater repo sync ${name}. To leave it: headwater repo remove ${name}`,
    );
  } else if (repository.cloning) {
    lines.push(
      "It is being cloned, which goes on by itself, also when the service is started anew. See what becomes of it: headwater repo list",
    );
  } else {
    lines.push("Its first commit is not deployed yet. See what becomes of it: headwater deployments");
  }
  return `${lines.join("\n")}\n${renderUnfollowed([repository])}`;
}

/** A line for each branch that is followed because it is declared. */
function renderDeclared(declared: readonly Repository[], style: Style): string {
  return declared
    .map(({ name, branch, declared: by, problem }) => {
      const verdict = problem === null ? "" : `. ${style.bad(plain(problem))}`;
      return `Following ${plain(name)}, branch ${plain(branch)}, for ${plain(by?.environment ?? "")}${verdict}\n`;
    })
    .join("");
}

/** The service may run in another folder: what is a folder here becomes absolute. */
function absoluteUrl(url: string, cwd: string): string {
  if (url.trim() === "") throw new UsageError(`Cannot follow "${url}": give a URL or a folder`);
  const isLocal =
    /^\.{0,2}\//.test(url) || /^\.{1,2}$/.test(url) || (!url.includes(":") && existsSync(resolve(cwd, url)));
  return isLocal ? resolve(cwd, url) : url;
}

function renderRepositories(repositories: readonly Repository[], { style, io }: Context): string {
  if (repositories.length === 0) return "No repository is followed: headwater repo add URL\n";
  const rows = repositories.map(({ name, branch, headCommit, checkedAt, problem, url, cloning }) => [
    plain(name),
    plain(branch),
    headCommit?.slice(0, 12) ?? "–",
    cloning ? "being cloned" : instantText(checkedAt),
    problem === null ? plain(url) : style.bad(plain(problem)),
  ]);
  const table = renderTable(["NAME", "BRANCH", "HEAD", "CHECKED", "URL OR PROBLEM"], rows, io.stdout.columns);
  const notes =
    renderNotLive(repositories, style) + renderRedirected(repositories) + renderUnfollowed(repositories);
  return notes === "" ? table : `${table}\n${notes}`;
}

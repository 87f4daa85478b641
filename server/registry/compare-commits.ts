import { planChange, type CompiledProject } from "@headwater/workflow";
import type { Clock } from "../clock.js";
import { ServiceError } from "../errors.js";
import type { Source } from "../source/source.js";
import type { RepositoryRow, Store } from "../store/store.js";
import type { CommitCompiler } from "./compile-commit.js";
import { isSamePlace } from "./deployment-plan.js";
import type { Comparison, ComparisonRequest } from "./registry.js";

export interface ComparisonOptions {
  readonly store: Pick<Store, "listDeployments" | "listEnvironments" | "listRepositories" | "listVersions">;
  readonly source: Pick<Source, "findCommit">;
  readonly clock: Clock;
  readonly compiler: CommitCompiler;
}

const VERSION_NUMBER = /^v?(\d{1,6})$/;

/** What changes from one commit of a project to another, by what the workflows mean. Nothing is deployed, and nothing recorded. */
export async function compareCommits(
  request: ComparisonRequest,
  options: ComparisonOptions,
): Promise<Comparison> {
  const { store, compiler, clock } = options;
  const environments = await store.listEnvironments();
  const row = environments.find((one) => isSamePlace(one, request));
  const repositories = await store.listRepositories();
  const repository = repositories.find(({ id }) => id === row?.repositoryId);
  if (row === undefined || repository === undefined) {
    const { project, environment } = request;
    throw new ServiceError("not-found", `Cannot compare "${project}": nothing is deployed in ${environment}`);
  }
  const commitOf = (side: string): Promise<string> => findCommit(side, { request, repository, options });
  const from = request.from === undefined ? row.commit : await commitOf(request.from);
  const to = request.to === undefined ? (repository.headCommit ?? row.commit) : await commitOf(request.to);
  const before = await compiler.compile(repository, from);
  const after = await compiler.compile(repository, to);
  const plan = planChange(only(request.workflow, before.compiled), only(request.workflow, after.compiled), {
    at: clock.now(),
    textOf: (file) => {
      const bytes = after.tree.read(file);
      return bytes === undefined ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    },
  });
  return { from, to, plan };
}

function only(workflow: string | undefined, compiled: CompiledProject): CompiledProject {
  if (workflow === undefined) return compiled;
  return { ...compiled, workflows: compiled.workflows.filter(({ id }) => id === workflow) };
}

interface Search {
  readonly request: ComparisonRequest;
  readonly repository: RepositoryRow;
  readonly options: ComparisonOptions;
}

async function findCommit(side: string, { request, repository, options }: Search): Promise<string> {
  const { store, source } = options;
  const { workflow } = request;
  const number = VERSION_NUMBER.exec(side)?.[1];
  if (workflow !== undefined && number !== undefined) {
    const versions = await store.listVersions({ ...request, workflow });
    const version = versions.find((one) => one.number === Number(number));
    if (version !== undefined) return version.commit;
    throw new ServiceError(
      "version-not-found",
      `Cannot compare version ${number} of "${request.project}/${workflow}": there is none`,
    );
  }
  const [deployment] = side.startsWith("dep_") ? await store.listDeployments({ named: side, limit: 1 }) : [];
  return deployment?.commit ?? source.findCommit(repository.id, side);
}

import { DEFAULT_ENVIRONMENT } from "@headwater/api";
import {
  checkLeftOut,
  compileProjectInSteps,
  type CompiledProject,
  type ProjectSettings,
  type SourceTree,
} from "@headwater/workflow";
import type { Ids } from "../ids.js";
import type { Source } from "../source/source.js";
import type { DeploymentRow, RepositoryRow, Store } from "../store/store.js";
import { CompileCaches, type CompileCachesOptions } from "./compile-caches.js";
import { DiagnosticLocator } from "./located-diagnostic.js";
import { takeTurns } from "./take-turns.js";

export interface CommitCompilerOptions extends CompileCachesOptions {
  readonly store: Pick<Store, "listUsualDurations" | "findHeadBefore">;
  readonly source: Pick<Source, "readTree" | "describeCommit" | "readRewritten">;
  readonly ids: Ids;
}

/** The facts about a commit that do not depend on what is live. */
export interface CompiledCommit {
  readonly compiled: CompiledProject;
  /** Null when no environment is of the branch. */
  readonly environment: string | null;
  readonly row: Omit<DeploymentRow, "status" | "reason" | "added" | "changed" | "removed" | "unchanged">;
}

interface ExamineRequest {
  readonly repository: RepositoryRow;
  readonly commit: string;
  readonly seenAt: number;
  /** Set when a person wants the commit, whatever the branch has. */
  readonly pin?: object;
}

/** Commits as the compiler sees them: what is the same in two of one repository is compiled once. */
export class CommitCompiler {
  readonly #options: CommitCompilerOptions;
  readonly caches: CompileCaches;
  readonly #locator = new DiagnosticLocator();

  constructor(options: CommitCompilerOptions) {
    this.#options = options;
    this.caches = new CompileCaches(options);
  }

  /** @throws ServiceError when the mirror does not have the commit */
  async compile(
    repository: RepositoryRow,
    commit: string,
  ): Promise<{ readonly compiled: CompiledProject; readonly tree: SourceTree }> {
    const { source, store, clock } = this.#options;
    // The branches that a repository declares are of its files.
    const registered = repository.declared?.by ?? repository.id;
    return this.caches.use(registered, async (opening) => {
      const [tree, usual, cache] = await Promise.all([
        source.readTree(repository.id, commit),
        store.listUsualDurations({ repositoryId: repository.id }),
        opening,
      ]);
      const history = new Map(usual.map(({ workflow, medianMs }) => [workflow, medianMs]));
      // Ten thousand new files take seconds, in which the service goes on with all else.
      const steps = compileProjectInSteps(tree, cache, { history, today: clock.now() });
      return { tree, compiled: await takeTurns(steps, clock) };
    });
  }

  /** With what the list of deployments tells of a commit. @throws ServiceError when the mirror does not have it */
  async examine(request: ExamineRequest): Promise<CompiledCommit> {
    const { source, ids, clock } = this.#options;
    const { repository, commit, seenAt } = request;
    const [{ compiled: read, tree }, description, rewritten] = await Promise.all([
      this.compile(repository, commit),
      source.describeCommit(repository.id, commit),
      this.#findRewritten(request),
    ]);
    const compiled = placedAsDeclared(read, repository);
    const environment = chooseEnvironment(compiled.settings, repository.branch);
    const endedAt = clock.now();
    return {
      compiled,
      environment,
      row: {
        id: ids.next("dep", endedAt),
        repositoryId: repository.id,
        project: compiled.settings.project,
        environment: environment ?? DEFAULT_ENVIRONMENT,
        branch: repository.branch,
        commit,
        commitAuthor: description.author,
        commitCommitter: description.committer,
        commitSubject: description.subject,
        committedAt: description.committedAt,
        diagnostics: this.#locator.locate([...compiled.diagnostics, ...checkLeftOut(tree)], tree),
        rewritten,
        seenAt,
        endedAt,
      },
    };
  }

  /** Whoever pins wants an older commit: the branch has not moved. */
  async #findRewritten({ repository, commit, pin }: ExamineRequest): Promise<DeploymentRow["rewritten"]> {
    if (pin !== undefined) return null;
    const { store, source } = this.#options;
    const { id: repositoryId, branch } = repository;
    const before = await store.findHeadBefore({ repositoryId, branch, commit });
    return before === null ? null : source.readRewritten(repositoryId, { before, head: commit });
  }
}

/** Who declares a branch says what its environment is: else a commit could put itself into another one, or make its triggers fire there. */
function placedAsDeclared(compiled: CompiledProject, { branch, declared }: RepositoryRow): CompiledProject {
  if (declared === null) return compiled;
  const { environment, triggers, backfillsFrom } = declared;
  const environments = { [environment]: { branch, triggers, backfillsFrom } };
  return { ...compiled, settings: { ...compiled.settings, environments } };
}

/**
 * The first environment of this branch. A project that declares none has one, production, whatever the branch; one
 * that does has said which branches it deploys, and a branch that it did not name must not reach production.
 */
function chooseEnvironment({ environments }: ProjectSettings, branch: string): string | null {
  const declared = Object.entries(environments);
  if (declared.length === 0) return DEFAULT_ENVIRONMENT;
  return declared.find(([, environment]) => environment.branch === branch)?.[0] ?? null;
}

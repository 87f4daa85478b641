import type { CompiledWorkflow } from "@headwater/workflow";
import type { EnvironmentRow, LiveWorkflow } from "../store/environment-row.js";
import type { Store } from "../store/store.js";

/** What an environment of a project runs. */
export interface LiveEnvironment extends EnvironmentRow {
  /** By id. */
  readonly workflows: ReadonlyMap<string, LiveWorkflow>;
  /** Whether its triggers fire; null where another build has written it, or nobody knows. */
  readonly triggers: boolean | null;
}

/** What a deployment writes of an environment. */
export interface WrittenWorkflows {
  readonly written: readonly CompiledWorkflow[];
  /** By id. */
  readonly removed: readonly string[];
}

/**
 * What is live, as this process has activated it, so that a push is compared with what is in memory. The store says what counts: what is
 * remembered of an environment is used only while that has the same commit of the same repository, and is read anew otherwise.
 */
export class LiveEnvironments {
  readonly #store: Pick<Store, "listLiveWorkflows" | "findWriting">;
  readonly #readBuild: () => Promise<string | null>;
  readonly #remembered = new Map<string, LiveEnvironment>();

  constructor({
    store,
    readBuild,
  }: {
    readonly store: Pick<Store, "listLiveWorkflows" | "findWriting">;
    readonly readBuild: () => Promise<string | null>;
  }) {
    this.#store = store;
    this.#readBuild = readBuild;
  }

  /** What runs in the environment of that row, which was just read. */
  async read(row: EnvironmentRow): Promise<LiveEnvironment> {
    const known = this.#remembered.get(keyOf(row));
    if (known !== undefined && known.commit === row.commit && known.repositoryId === row.repositoryId)
      return known;
    const [build, writing, workflows] = await Promise.all([
      this.#readBuild(),
      this.#store.findWriting(row),
      this.#store.listLiveWorkflows(row),
    ]);
    const isOurs = writing !== null && build !== null && writing.build === build;
    const triggers = isOurs ? writing.triggers : null;
    return { ...row, workflows: new Map(workflows.map((live) => [live.workflow, live])), triggers };
  }

  /** A commit was activated there, which left what was live `before` as it was but for what is written and removed. */
  remember(
    row: EnvironmentRow & { readonly triggers: boolean },
    before: LiveEnvironment["workflows"],
    { written, removed }: WrittenWorkflows,
  ): void {
    const workflows = new Map(before);
    for (const id of removed) workflows.delete(id);
    for (const { id, path, fingerprint, properties } of written)
      workflows.set(id, { workflow: id, path, fingerprint, properties });
    this.#remembered.set(keyOf(row), { workflows, ...row });
  }

  /** Nothing of it is certain any more. */
  forget(row: Pick<EnvironmentRow, "project" | "environment">): void {
    this.#remembered.delete(keyOf(row));
  }
}

/** Neither can hold a slash. */
function keyOf({ project, environment }: Pick<EnvironmentRow, "project" | "environment">): string {
  return `${project}/${environment}`;
}

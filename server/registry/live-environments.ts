import type { CompiledProject } from "@headwater/workflow";
import type { EnvironmentRow, LiveWorkflow } from "../store/environment-row.js";
import type { Store } from "../store/store.js";

/** What an environment of a project runs. */
export interface LiveEnvironment extends EnvironmentRow {
  /** By id. */
  readonly workflows: ReadonlyMap<string, LiveWorkflow>;
  /** Whether its triggers fire; null where it was activated before this process began, and nobody remembers how. */
  readonly triggers: boolean | null;
}

/**
 * What is live, as this process has activated it, so that a push is compared with what is in memory. The store says what counts: what is
 * remembered of an environment is used only while that has the same commit of the same repository, and is read anew otherwise.
 */
export class LiveEnvironments {
  readonly #store: Pick<Store, "listLiveWorkflows">;
  readonly #remembered = new Map<string, LiveEnvironment>();

  constructor(store: Pick<Store, "listLiveWorkflows">) {
    this.#store = store;
  }

  /** What runs in the environment of that row, which was just read. */
  async read(row: EnvironmentRow): Promise<LiveEnvironment> {
    const known = this.#remembered.get(keyOf(row));
    if (known !== undefined && known.commit === row.commit && known.repositoryId === row.repositoryId)
      return known;
    const workflows = await this.#store.listLiveWorkflows(row);
    return { ...row, workflows: new Map(workflows.map((live) => [live.workflow, live])), triggers: null };
  }

  /** All workflows of a commit were activated there. */
  remember(
    row: Omit<EnvironmentRow, "maxDeletedWorkflows"> & { readonly triggers: boolean },
    { workflows, settings }: CompiledProject,
  ): void {
    const live = workflows.map(
      ({ id, path, fingerprint, properties }) =>
        [id, { workflow: id, path, fingerprint, properties }] as const,
    );
    const { maxDeletedWorkflows } = settings.policies;
    this.#remembered.set(keyOf(row), { maxDeletedWorkflows, workflows: new Map(live), ...row });
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

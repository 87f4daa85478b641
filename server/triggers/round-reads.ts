import type { Store, VersionRow, WorkflowKey, WorkflowRow } from "../store/store.js";
import { placeOf } from "./new-run.js";

/** What a round of schedules reads of workflows and their versions, each once: those that are due together are often of the same ones. */
export class RoundReads {
  readonly #store: Pick<Store, "findWorkflow" | "findVersion">;
  readonly #workflows = new Map<string, Promise<WorkflowRow | null>>();
  readonly #versions = new Map<string, Promise<VersionRow | null>>();

  constructor(store: Pick<Store, "findWorkflow" | "findVersion">) {
    this.#store = store;
  }

  /** See `Store.findWorkflow`. */
  findWorkflow(key: WorkflowKey): Promise<WorkflowRow | null> {
    const name = placeOf(key);
    const known = this.#workflows.get(name) ?? this.#store.findWorkflow(key);
    this.#workflows.set(name, known);
    return known;
  }

  /** See `Store.findVersion`. */
  findVersion(id: string): Promise<VersionRow | null> {
    const known = this.#versions.get(id) ?? this.#store.findVersion(id);
    this.#versions.set(id, known);
    return known;
  }
}

import type { CompiledWorkflow } from "./compiled-project.js";

/** The workflows of a project by their ids. A push seldom changes which there are: then they are not sorted again. */
export class WorkflowOrder {
  #ids: readonly string[] = [];

  /** Before the first compilation, and while there is no workflow. */
  get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  /** All of them, sorted. */
  sorted(byId: ReadonlyMap<string, CompiledWorkflow>): readonly CompiledWorkflow[] {
    const known = this.#inOrder(byId);
    if (known.length === byId.size) return known;
    this.#ids = [...byId.keys()].sort();
    return this.#inOrder(byId);
  }

  /** Fewer than there are when they are other workflows than the last time. */
  #inOrder(byId: ReadonlyMap<string, CompiledWorkflow>): readonly CompiledWorkflow[] {
    const sorted: CompiledWorkflow[] = [];
    if (this.#ids.length !== byId.size) return sorted;
    for (const id of this.#ids) {
      const workflow = byId.get(id);
      if (workflow === undefined) break;
      sorted.push(workflow);
    }
    return sorted;
  }
}

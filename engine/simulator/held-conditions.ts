import type { CelValue } from "@headwater/workflow";
import type { Decision } from "../decide.js";
import { iterationOf } from "../run-state.js";
import type { Block, Cell, RunState } from "../run-state.js";
import { eachScope } from "../scope.js";
import { dottedPath, formatPath } from "../step-path.js";

/** By dotted step id: conditions over `each` and `loop` that a test has for iterations. */
export type AskedConditions = ReadonlyMap<string, readonly string[]>;

type Within = Decision["within"];

/** Which of a test's conditions hold for the instances of steps; asked once for each, when it first changes. */
export class HeldConditions {
  /** By path of the instance. */
  readonly byInstance = new Map<string, ReadonlySet<string>>();
  readonly #asked: AskedConditions;

  constructor(asked: AskedConditions) {
    this.#asked = asked;
  }

  /** After a decision about a run whose steps have that prefix in the whole simulation. */
  note(state: RunState, within: Within, prefix: string): void {
    if (this.#asked.size === 0) return;
    for (const [block, indices] of within.touched) {
      for (const index of indices) this.#ask(state, { block, index }, { within, prefix });
    }
  }

  #ask(
    state: RunState,
    cell: Cell,
    { within, prefix }: { readonly within: Within; readonly prefix: string },
  ): void {
    const path = prefix + formatPath(cell);
    const conditions = this.#asked.get(dottedPath(path));
    if (conditions === undefined || this.byInstance.has(path)) return;
    const iteration = iterationOf(cell.block, cell.index);
    const each = eachScope(cell.block, iteration);
    const scope = { ...state.base, each, loop: variablesAt(cell.block, iteration, within) };
    const holding = conditions.filter((condition) => {
      const answer = state.evaluator.condition(condition, scope);
      return answer.ok && answer.value;
    });
    this.byInstance.set(path, new Set(holding));
  }
}

/** The variables of the while loops around an iteration as it has seen them, though later ones may have begun in the same decision. */
function variablesAt(block: Block, iteration: number, within: Within): Readonly<Record<string, CelValue>> {
  const { parent, variables } = block;
  if (parent === null) return {};
  const outer = variablesAt(parent.block, iterationOf(parent.block, parent.index), within);
  if (variables === null) return outer;
  const closed = within.closed.find((one) => one.block === block && one.iteration === iteration);
  return { ...outer, ...(closed === undefined ? variables : closed.variables) };
}

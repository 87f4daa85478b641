import { endedLoop } from "../ended-loops.js";
import type { Block, RunState } from "../run-state.js";
import { parseSegment } from "../step-path.js";
import type { Iteration } from "./reset.js";

/** Where a path leads, also into what has ended: `load`, `load[3]` with all its steps, or `load[3].copy`. */
export type Target =
  | ({ readonly kind: "found"; readonly positions: readonly number[] } & Iteration)
  | { readonly kind: "unknown" }
  /** The iterations of that loop are not known any more, or not yet. */
  | { readonly kind: "not_kept"; readonly loop: string };

/** Finds what is to be done again. */
export function findIteration(state: RunState, path: string): Target {
  let at: Iteration = { block: state.root, iteration: 0 };
  const segments = path.split(".");
  for (const [depth, segment] of segments.entries()) {
    const { id, iteration } = parseSegment(segment);
    const position = at.block.level.positions.get(id);
    if (position === undefined) return { kind: "unknown" };
    const isLast = depth === segments.length - 1;
    if (iteration === null)
      return isLast ? { kind: "found", ...at, positions: [position] } : { kind: "unknown" };
    const index = at.iteration * at.block.level.steps.length + position;
    const block: Block | null = at.block.children.get(index) ?? endedLoop({ block: at.block, index });
    if (block === null) return { kind: "not_kept", loop: segments.slice(0, depth).concat(id).join(".") };
    if (!(iteration >= 0 && iteration < block.next)) return { kind: "unknown" };
    at = { block, iteration };
    if (isLast) return { kind: "found", ...at, positions: [...block.level.steps.keys()] };
  }
  return { kind: "unknown" };
}

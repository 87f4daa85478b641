import type { Block, LayoutToken } from "../syntax/layout.js";

/** Of a block in the one around it, in columns. */
export const INDENT = 2;

/** The column at which the lines of a block begin. */
export function indentOf(block: Block): number {
  return Math.max(0, block.depth) * INDENT;
}

/**
 * The column of a comment that has its line for itself: it belongs to the innermost block that it is not left of. Where two
 * begin at its column (a list may stand right under its key) it belongs to the one of the token after it.
 */
export function commentIndent({ column, block }: LayoutToken, next: LayoutToken | undefined): number {
  // A value without a block of its own has the comments before it; those after it belong to what is around.
  const around = blocksAround(block).filter(
    (candidate) => candidate.column <= column && (candidate.isCollection || candidate === next?.block),
  );
  const [inner] = around;
  if (inner === undefined) return 0;
  const tied = around.filter((candidate) => candidate.column === inner.column);
  const chosen = tied.find((candidate) => candidate === next?.block) ?? tied.at(next === undefined ? -1 : 0);
  return indentOf(chosen ?? inner);
}

/** From the inside out. */
function blocksAround(block: Block): readonly Block[] {
  return block.parent === null ? [block] : [block, ...blocksAround(block.parent)];
}

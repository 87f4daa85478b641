import { compileValue } from "../compile/compile-value.js";
import { notNull, type NullUse, type StepValue } from "../expressions/null-uses.js";
import { NO_GUARDS } from "../expressions/step-guards.js";
import { isUpstream, type StepLevel, type StepNode } from "../model/step-tree.js";
import { itemsOf } from "../schema/field-value.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { ExpressionCheckers } from "./expression-checkers.js";
import type { StepPresence } from "./step-presence.js";
import { findUsed } from "./step-uses.js";

/** Where something is used that may be null. */
export interface NullPlace {
  readonly user: StepNode;
  readonly presence: StepPresence;
  readonly isCondition: boolean;
  readonly checkers: ExpressionCheckers;
}

/** Why what an expression of a step uses may be null, with what to do; null when it is not. */
export function nullValue(use: NullUse, place: NullPlace): string | null {
  if (use.path[0] === "each") return nullItem(use, place);
  const found = findUsed(use.path[1] ?? "", place.user);
  if (found === null || !isUpstream(found.used, found.at)) return null;
  const { user, isCondition } = place;
  const at = { used: found.used, at: found.at, user, isCondition };
  if (place.presence.isMadeSure(notNull(use.written), use, at)) return null;
  if (isBeginning(use)) return beginning(use, place.presence.whyNotBegun(use, at));
  // Where the step has left nothing at all, that is told.
  if (place.presence.whyMissing(use, at) !== null) return null;
  return wordedNull(use, whyNull(use, found.used, place.presence));
}

/** The same where all steps of a level have ended and none has failed. */
export function nullAtEnd(use: NullUse, level: StepLevel, presence: StepPresence): string | null {
  const used = use.path[0] === "steps" ? level.byId.get(use.path[1] ?? "") : undefined;
  if (used === undefined || use.guards.has(notNull(use.written))) return null;
  const why = presence.whyMissingAtEnd(use, used);
  // A step that has failed quietly had begun.
  if (isBeginning(use)) return used.fields.failure_mode === undefined ? beginning(use, why) : null;
  return why === null ? wordedNull(use, whyNull(use, used, presence)) : null;
}

function isBeginning({ path }: NullUse): boolean {
  return path.length === 3 && path[2] === "started_at";
}

function beginning({ path }: NullUse, why: string | null): string | null {
  if (why === null) return null;
  const name = path.join(".");
  return `${name} may be null here: ${why}. Ask for ${name} != null first`;
}

/** An item of a foreach is null where its list holds null. */
function nullItem(use: NullUse, place: NullPlace): string | null {
  const [, variable = ""] = use.path;
  const loop = loopOver(variable, place.user);
  if (loop === null || place.presence.isMadeSure(notNull(use.written), use, { ...place, at: loop.at }))
    return null;
  const source = sourceOf(use, place);
  if (source === null) return null;
  const what = use.depth === 0 ? `each.${variable}` : `An element of each.${variable}`;
  const advice =
    use.depth === 0
      ? `Leave those out of the list, as in .filter(x, x != null), or ask for each.${variable} != null first`
      : leaveOut(use);
  return `${what} may be null here, from ${source.list}: ${source.why}. ${advice}`;
}

/** Why something of an item is null, and the list of a step that it is from; null when it is not, or of no step. */
function sourceOf(
  { path: [, variable = ""], depth }: StepValue,
  { user, presence, checkers }: Omit<NullPlace, "isCondition">,
): { readonly why: string; readonly list: string } | null {
  const loop = loopOver(variable, user);
  const list = loop === null ? null : wholeOf(loop.items, loop.step, checkers);
  if (loop === null || list === null) return null;
  const item = { path: list.path, depth: list.depth + 1 + depth };
  if (list.path[0] === "each") return sourceOf(item, { user: loop.step, presence, checkers });
  const found = findUsed(list.path[1] ?? "", loop.step);
  if (found === null || !isUpstream(found.used, found.at)) return null;
  const why = whyNull(item, found.used, presence);
  return why === null ? null : { why, list: list.path.join(".") };
}

/** The innermost foreach around a step that has a variable of this name, and which step of it is the user or holds it. */
function loopOver(
  variable: string,
  user: StepNode,
): { readonly step: StepNode; readonly items: SyntaxNode; readonly at: StepNode } | null {
  for (let at = user; at.level.parent !== null; at = at.level.parent) {
    const step = at.level.parent;
    const items = itemsOf(step.fields.foreach).find(({ key }) => key === variable)?.value.node;
    if (items !== undefined) return { step, items, at };
  }
  return null;
}

function wholeOf(node: SyntaxNode, { level }: StepNode, checkers: ExpressionCheckers): StepValue | null {
  const compiled = compileValue(node);
  return compiled.kind === "expression" ? checkers.values(level).check(compiled.source).steps.whole : null;
}

/**
 * A loop that has succeeded gives null for each iteration, a while for its last one, in which a step was skipped; and a while
 * gives nothing but null where it had none.
 */
function whyNull({ path, depth }: StepValue, loop: StepNode, presence: StepPresence): string | null {
  let lists = 0;
  let why: string | null = null;
  let step: StepNode = loop;
  for (const id of path.slice(3)) {
    // The id is an output's here: what loops leave of their steps is there, and only outputs in it are null.
    if (step.inner === null) return why;
    if (step.fields.foreach !== undefined) lists += 1;
    const whyNone = presence.whyNoIteration(step);
    const next = step.inner.byId.get(id);
    if (next === undefined) return null;
    if (lists === depth) why ??= whyNone ?? presence.whyMissingAtEnd(NO_GUARDS_OF_USE, next);
    step = next;
  }
  return null;
}

const NO_GUARDS_OF_USE = { guards: NO_GUARDS.whenTrue };

function wordedNull(use: NullUse, why: string | null): string | null {
  if (why === null) return null;
  const name = use.path.join(".");
  return use.depth === 0
    ? `${name} may be null here: ${why}. Ask for ${name} != null first`
    : `An element of ${name} may be null here: ${why}. ${leaveOut(use)}`;
}

/** With the variable of the macro, or where elements are taken without one. */
function leaveOut({ written }: NullUse): string {
  const variable = written === "" ? "x" : written;
  const ask = /^\w+$/.test(variable) ? `, as in .filter(${variable}, ${variable} != null)` : "";
  return `Leave those out first${ask}`;
}

import { notNull, type NullUse } from "../expressions/null-uses.js";
import { NO_GUARDS } from "../expressions/step-guards.js";
import { isUpstream, type StepLevel, type StepNode } from "../model/step-tree.js";
import type { StepPresence } from "./step-presence.js";
import { findUsed } from "./step-uses.js";

/** Why what an expression of a step uses may be null, with what to do; null when it is not. */
export function nullValue(
  use: NullUse,
  place: { readonly user: StepNode; readonly presence: StepPresence; readonly isCondition: boolean },
): string | null {
  const found = findUsed(use.path[1] ?? "", place.user);
  if (found === null || !isUpstream(found.used, found.at)) return null;
  const { user, isCondition } = place;
  const at = { used: found.used, at: found.at, user, isCondition };
  if (place.presence.isMadeSure(notNull(use.written), use, at)) return null;
  if (isBeginning(use)) return beginning(use, place.presence.whyNotBegun(use, at));
  // Where the step has left nothing at all, that is told.
  if (place.presence.whyMissing(use, at) !== null) return null;
  return leftByLoop(use, found.used, place.presence);
}

/** The same where all steps of a level have ended and none has failed. */
export function nullAtEnd(use: NullUse, level: StepLevel, presence: StepPresence): string | null {
  const used = level.byId.get(use.path[1] ?? "");
  if (used === undefined || use.guards.has(notNull(use.written))) return null;
  const why = presence.whyMissingAtEnd(use, used);
  // A step that has failed quietly had begun.
  if (isBeginning(use)) return used.fields.failure_mode === undefined ? beginning(use, why) : null;
  return why === null ? leftByLoop(use, used, presence) : null;
}

function isBeginning({ path }: NullUse): boolean {
  return path.length === 3 && path[2] === "started_at";
}

function beginning({ path }: NullUse, why: string | null): string | null {
  if (why === null) return null;
  const name = path.join(".");
  return `${name} may be null here: ${why}. Ask for ${name} != null first`;
}

/** A loop that has succeeded gives null for each iteration, a while for its last one, in which a step was skipped. */
function leftByLoop(
  { path, depth, written }: NullUse,
  loop: StepNode,
  presence: StepPresence,
): string | null {
  let lists = 0;
  let step: StepNode | undefined = loop;
  for (const id of path.slice(3)) {
    if (step?.inner == null) return null;
    if (step.fields.foreach !== undefined) lists += 1;
    step = step.inner.byId.get(id);
    const why = step === undefined ? null : presence.whyMissingAtEnd(NO_GUARDS_OF_USE, step);
    if (why !== null && lists === depth) return wordedNull(path, { why, written, isElement: depth > 0 });
  }
  return null;
}

const NO_GUARDS_OF_USE = { guards: NO_GUARDS.whenTrue };

function wordedNull(
  path: readonly string[],
  {
    why,
    written,
    isElement,
  }: { readonly why: string; readonly written: string; readonly isElement: boolean },
): string {
  const name = path.join(".");
  if (!isElement) return `${name} may be null here: ${why}. Ask for ${name} != null first`;
  const ask = /^\w+$/.test(written) ? `, as in .filter(${written}, ${written} != null)` : "";
  return `An element of ${name} may be null here: ${why}. Leave those out first${ask}`;
}

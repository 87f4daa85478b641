import type { KeyForm } from "./collections.js";

/** Ids of steps, params, inputs and loop variables: they are names in expressions. */
export const NAME_PATTERN = /^[a-z][a-z0-9_]{0,62}$/;

/** Ids of workflows and templates. */
export const WORKFLOW_ID_PATTERN = /^[a-z][a-z0-9-]{0,62}$/;

/** The form of names, as keys of a map. `what` is "step", "param" and the like. */
export function nameForm(what: string): KeyForm {
  return { pattern: NAME_PATTERN, problem: (key) => nameProblem(what, key), mended: mendedName };
}

function nameProblem(what: string, name: string): string {
  const mended = mendedName(name);
  const offer = mended === undefined ? "" : `. Write "${mended}"`;
  const reason = name.includes("-") ? `, and in expressions "-" is minus` : "";
  return `"${name.slice(0, 80)}" cannot be the id of a ${what}: it takes a-z, 0-9 and "_", begins with a letter and has at most 63 characters${reason}${offer}`;
}

/** `Load-Users` → `load_users`; undefined when nothing good can be made of it. */
function mendedName(name: string): string | undefined {
  const mended = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 63);
  return NAME_PATTERN.test(mended) ? mended : undefined;
}

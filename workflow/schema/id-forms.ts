import { describeLookAlike, withoutLookAlikes } from "../diagnostics/look-alikes.js";
import type { KeyForm } from "./collections.js";

/** Ids of steps, params, inputs and loop variables: they are names in expressions, which tell the types of values by `constructor`. */
export const NAME_PATTERN = /^(?!constructor$)[a-z][a-z0-9_]{0,62}$/;

/** Ids of workflows and templates. */
export const WORKFLOW_ID_PATTERN = /^[a-z][a-z0-9-]{0,62}$/;

/** How a person would say the form of the ids of workflows, templates and projects. */
export const WORKFLOW_ID_FORM =
  'it takes a-z, 0-9 and "-", begins with a letter and has at most 63 characters';

/** `Daily_Load` → `daily-load`; undefined when nothing good can be made of it. */
export function mendedWorkflowId(id: string): string | undefined {
  const mended = mendedId(id, "-");
  return WORKFLOW_ID_PATTERN.test(mended) ? mended : undefined;
}

/** The form of names, as keys of a map. `what` is "step", "param" and the like. */
export function nameForm(what: string): KeyForm {
  return { pattern: NAME_PATTERN, problem: (key) => nameProblem(what, key), mended: mendedName };
}

function nameProblem(what: string, name: string): string {
  const mended = mendedName(name);
  const offer = mended === undefined ? "" : `. Write "${mended}"`;
  const form = `it takes a-z, 0-9 and "_", begins with a letter and has at most 63 characters`;
  const minus = name.includes("-") ? `, and in expressions "-" is minus` : "";
  const reason =
    name === "constructor" ? "expressions cannot read it" : (describeLookAlike(name) ?? form + minus);
  return `"${name.slice(0, 80)}" cannot be the id of ${/^[aeiou]/.test(what) ? "an" : "a"} ${what}: ${reason}${offer}`;
}

/** `Load-Users` → `load_users`; undefined when nothing good can be made of it. */
function mendedName(name: string): string | undefined {
  const mended = mendedId(name, "_");
  return NAME_PATTERN.test(mended) ? mended : undefined;
}

/** Nearly an id, whose words are joined by a sign. */
function mendedId(text: string, joint: "-" | "_"): string {
  const plain = withoutLookAlikes(text.slice(0, ID_LENGTH_READ_MAX));
  return plain
    .replace(/([a-z0-9])([A-Z])/g, `$1${joint}$2`)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, joint)
    .replace(/^[^a-z]+|[-_]+$/g, "")
    .slice(0, 63);
}

/** Enough of what is written to make an id of it. */
const ID_LENGTH_READ_MAX = 200;

import { withoutLookAlikes } from "../diagnostics/look-alikes.js";
import { shortened } from "./scalars.js";
import type { KeyForm } from "./collections.js";

/** Names of environment variables, as shells take them (POSIX, 8.1): of any other name `sh` passes nothing on. */
export const variableName: KeyForm = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  problem: (name) => {
    const meant = mended(name);
    const offer = meant === undefined ? "" : `. Write "${meant}"`;
    return `"${shortened(name)}" cannot be the name of a variable: it takes letters, digits and "_", and begins with no digit${offer}`;
  },
  mended,
};

/** `API-KEY` → `API_KEY`; undefined when nothing good can be made of it. */
function mended(name: string): string | undefined {
  const plain = withoutLookAlikes(name.slice(0, 200)).replaceAll(/[^A-Za-z0-9_]+/g, "_");
  return variableName.pattern.test(plain) && /[A-Za-z0-9]/.test(plain) ? plain : undefined;
}

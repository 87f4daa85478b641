import type { KeyForm } from "./collections.js";
import { shortened } from "./scalars.js";

/** The name of a connection, such as `warehouse`. */
export const connectionName: KeyForm = {
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
  problem: (name) =>
    `"${shortened(name)}" cannot be the name of a connection: it takes letters, digits, ".", "_" and "-", begins with a letter and has at most 63 characters`,
  mended: () => undefined,
};

import type { KeyForm } from "./collections.js";
import { shortened } from "./scalars.js";

/** The name of a connection, such as `warehouse`. */
export const connectionName = extensionName("a connection");

/** The name of a plug-in, such as `send-message`. The service's configuration asks for the same form. */
export const pluginName = extensionName("a plug-in");

/** The name of a webhook, such as `payments`: the last part of its address. */
export const webhookName = extensionName("a webhook");

function extensionName(what: string): KeyForm {
  return {
    pattern: /^[A-Za-z][A-Za-z0-9._-]{0,62}$/,
    problem: (name) =>
      `"${shortened(name)}" cannot be the name of ${what}: it takes letters, digits, ".", "_" and "-", begins with a letter and has at most 63 characters`,
    mended: () => undefined,
  };
}

import { text } from "./scalars.js";

/**
 * The name of a signal, such as `warehouse.table-updated`. A slash is kept for the service's own signals: an author's can
 * never pass for the end of a run. The HTTP contract asks for the same form.
 */
export const signalName = text("a signal's name", {
  pattern: /^[A-Za-z][A-Za-z0-9._-]{0,127}$/,
  form: 'letters, digits, ".", "_" and "-", a letter first, at most 128',
  examples: ["warehouse.table-updated"],
});

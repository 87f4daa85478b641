import { text } from "./scalars.js";

/**
 * The name of a signal, such as `warehouse.table-updated`. A slash is kept for the service's own signals: an author's can
 * never pass for the end of a run. The HTTP contract asks for the same form.
 */
export const SIGNAL_NAME_PATTERN = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

/** How a person would say that. */
export const SIGNAL_NAME_FORM = 'letters, digits, ".", "_" and "-", a letter first, at most 128';

/** Reads a signal's name. */
export const signalName = text("a signal's name", {
  pattern: SIGNAL_NAME_PATTERN,
  form: SIGNAL_NAME_FORM,
  examples: ["warehouse.table-updated"],
});

/** As many names as a person reads in one sentence. */
const SHOWN_MAX = 12;

/** `a, b, c and 3 more`, in their order; empty for none. */
export function firstNames(names: readonly string[], most = SHOWN_MAX): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

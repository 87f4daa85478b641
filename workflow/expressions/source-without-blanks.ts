/**
 * A CEL source with no blanks but those that part two words and those inside of texts: the same for whatever is only laid out in another
 * way. A source with a comment stays as it is, since a comment ends where its line does.
 */
export function sourceWithoutBlanks(source: string): string {
  if (!/\s/.test(source) || source.includes("//")) return source;
  return source.replaceAll(TEXT_OR_BLANKS, (found, blanks: string | undefined, at: number) => {
    if (blanks === undefined) return found;
    const before = source[at - 1] ?? "";
    const after = source[at + blanks.length] ?? "";
    // A number and the dot of a member would be another number.
    return /[\w"']/.test(before) && /[\w."']/.test(after) ? " " : "";
  });
}

/** Texts as CEL writes them, those of several lines first; the backslash of a raw text escapes nothing, but then no quote follows it in one that is read. */
const TEXT_OR_BLANKS =
  /"""(?:[^\\]|\\[^])*?"""|'''(?:[^\\]|\\[^])*?'''|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|(\s+)/g;

/**
 * A CEL source with no blanks but those that part two words and those inside of texts, and with double quotes around texts that hold
 * neither quotes nor escapes: the same for whatever is only written in another way. A source with a comment stays as it is, since a
 * comment ends where its line does.
 */
export function canonicalSource(source: string): string {
  if (!/[\s']/.test(source) || source.includes("//")) return source;
  return source.replaceAll(TEXT_OR_BLANKS, (found, blanks: string | undefined, at: number) => {
    if (blanks === undefined) return PLAIN_TEXT.test(found) ? `"${found.slice(1, -1)}"` : found;
    const before = source[at - 1] ?? "";
    const after = source[at + blanks.length] ?? "";
    // A number and the dot of a member would be another number.
    return /[\w"']/.test(before) && /[\w."']/.test(after) ? " " : "";
  });
}

const PLAIN_TEXT = /^'[^'"\\]*'$/;

/** Texts as CEL writes them, those of several lines first; the backslash of a raw text escapes nothing, but then no quote follows it in one that is read. */
const TEXT_OR_BLANKS =
  /"""(?:[^\\]|\\[^])*?"""|'''(?:[^\\]|\\[^])*?'''|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|(\s+)/g;

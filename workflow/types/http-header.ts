/** Why HTTP cannot carry a header of this name; null when it can. */
export function headerNameProblem(name: string): string | null {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return null;
  return `"${name.slice(0, 80)}" cannot be the name of a header: it takes letters, digits and "-"`;
}

/** Why HTTP cannot carry this text in a header; null when it can. The text, which may be a secret, is not in the message. */
export function headerValueProblem(text: string): string | null {
  const strange = /[^\t\x20-\x7e\x80-\xff]/u.exec(text)?.[0];
  if (strange === undefined) return null;
  if (/[\r\n]/.test(strange)) return "A header is one line, and this text has several";
  const point = strange.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return `A header cannot hold the character U+${point}: encode the text`;
}

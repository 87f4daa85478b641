/**
 * A text of somebody else as it is written. Of `[a](b)` VS Code makes links in its messages and questions, also such that run commands,
 * of `$(a)` pictures; there is no way to say that a text is plain.
 */
export function plainText(text: string): string {
  return text.replaceAll(/([\]$])\(/g, "$1\u200B(");
}

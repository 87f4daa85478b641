/** A text as Markdown that shows it as it is: no link, no mention, no markup. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~@&]/g, (mark) => `&#${mark.codePointAt(0) ?? 0};`);
}

/** What a file says, in Markdown, as it is written and in one line: it makes no link, mentions nobody and is no markup. */
export function codeSpan(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").replaceAll("`", "'").trim();
  return line === "" ? "*empty*" : `\`${line}\``;
}

/** A text as Markdown that shows it as it is: no link, no mention, no markup. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~@&]/g, (mark) => `&#${mark.codePointAt(0) ?? 0};`);
}

/** Text of an author in Markdown: shown as it is, so that no file can make links, pictures or commands of a hover. */
export function asMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+!|<>~&-]/g, String.raw`\$&`)
    .replaceAll(/(^|\n)(\s*)(\d+)\./g, String.raw`$1$2$3\.`)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/(https?|ftp|www)([:.])/gi, "$1\u200B$2")
    .slice(0, TEXT_LENGTH_MAX);
}

/** Longer than what one reads beside a cursor. */
const TEXT_LENGTH_MAX = 2000;

/** Code of an author in Markdown, on one line. */
export function asCode(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").slice(0, CODE_LENGTH_MAX);
  const fence = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)));
  return line.includes("`") ? `${fence} ${line} ${fence}` : `\`${line}\``;
}

const CODE_LENGTH_MAX = 200;

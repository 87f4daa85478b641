/** The section of a code in docs/errors.md, as a page of its own; says so where there is none. */
export function sectionOf(code: string, document: string): string {
  const section = document.split(/^(?=##+ )/m).find((one) => one.startsWith(`### \`${code}\`\n`));
  if (section === undefined) return `No section tells of \`${code}\`.\n`;
  // The pages that it links to are not here.
  return section.replace("###", "#").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

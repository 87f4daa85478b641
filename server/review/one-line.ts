/** A text in one line of so many characters at most, never cut within one. */
export function oneLine(text: string, charactersMax: number): string {
  const line = Array.from(text.replaceAll(/\s+/g, " "));
  return line.length <= charactersMax ? line.join("") : `${line.slice(0, charactersMax - 1).join("")}…`;
}

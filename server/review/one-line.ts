import { visibleLine } from "@headwater/workflow";

/** A text in one line of so many characters at most, never cut within one; what is not seen is shown by a sign. */
export function oneLine(text: string, charactersMax: number): string {
  const line = Array.from(visibleLine(text).replaceAll(/\s+/g, " "));
  return line.length <= charactersMax ? line.join("") : `${line.slice(0, charactersMax - 1).join("")}…`;
}

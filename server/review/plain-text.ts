import { visibleLine } from "@headwater/workflow";

/** Of one name or message: whoever writes it decides how long it is. */
const CHARACTERS_MAX = 200;

/**
 * What somebody wrote, in Markdown, in one line and not too long: it makes no link, mentions nobody and is no markup, and what is not seen
 * is shown by a sign. Nothing but code is safe of that: hosts look for mentions and links after they have read entities and backslashes.
 */
export function codeSpan(text: string): string {
  return boundedCodeSpan(text, CHARACTERS_MAX);
}

/** The same, of so many characters at most. */
export function boundedCodeSpan(text: string, charactersMax: number): string {
  const shown = visibleLine(text).replaceAll(/\s+/g, " ").replaceAll("`", "'").trim();
  const line = boundedText(shown, charactersMax);
  return line === "" ? "*empty*" : `\`${line}\``;
}

/** So many characters at most, and the sign that there were more. */
export function boundedText(text: string, charactersMax = CHARACTERS_MAX): string {
  // Not all of a text of megabytes is taken apart: a character is two units at most.
  const characters = Array.from(text.slice(0, 2 * charactersMax + 2));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join("")}…`;
}

import { visibleLine } from "@headwater/workflow";

/** Of one name or message: whoever writes it decides how long it is. */
const CHARACTERS_MAX = 200;

/** A text as Markdown that shows it as it is: no link, no mention, no markup. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~@&]/g, (mark) => `&#${mark.codePointAt(0) ?? 0};`);
}

/**
 * What a file says, in Markdown, in one line and not too long: it makes no link, mentions nobody and is no markup, and what is not seen is
 * shown by a sign.
 */
export function codeSpan(text: string): string {
  const line = boundedText(visibleLine(text).replaceAll(/\s+/g, " ").replaceAll("`", "'").trim());
  return line === "" ? "*empty*" : `\`${line}\``;
}

/** So many characters at most, and the sign that there were more. */
export function boundedText(text: string, charactersMax = CHARACTERS_MAX): string {
  // Not all of a text of megabytes is taken apart: a character is two units at most.
  const characters = Array.from(text.slice(0, 2 * charactersMax + 2));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join("")}…`;
}

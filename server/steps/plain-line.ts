import { stripVTControlCharacters } from "node:util";

/** Text of a program as a part of a message: without colours and other words to a terminal, on which somebody may print it. */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, "\uFFFD");
}

/**
 * Text from files, safe on one line of a terminal or a page: control characters become spaces, and what is not seen or
 * turns the direction of what follows is shown as its code point (https://trojansource.codes).
 */
export function visibleText(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `<U+${hexOf(character)}>`);
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

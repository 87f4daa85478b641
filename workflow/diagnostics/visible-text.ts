const CONTROL_PICTURES = 0x2400;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text from outside, for whoever looks at it: what would colour, move, clear or turn round what stands there, or is not seen at all, is shown as a
 * sign for it or as its code point (https://trojansource.codes). Tabs and ends of lines stay. Source of the signs: Unicode control
 * pictures, U+2400 to U+2421.
 */
export function visibleText(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\t" || character === "\n") return character;
    if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
    return code === 0x7f ? "\u2421" : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visibleText(text.replaceAll(/[\t\r\n]+/g, " "));
}

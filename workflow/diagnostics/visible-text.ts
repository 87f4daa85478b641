// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROL_PICTURES = 0x2400;

/**
 * Text of a file for a terminal: what would colour, move, clear or turn round what stands there is one sign instead, so that columns stay.
 * Tabs and ends of lines stay. Source: Unicode control pictures, U+2400 to U+2421.
 */
export function visibleText(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

const CUT = "\n\n… there was no room for the rest.";

/** A text of so many bytes of UTF-8 at most: cut between two characters, never within one, and said so. */
export function fitText(text: string, bytesMax: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytesMax) return text;
  const room = bytesMax - encoder.encode(CUT).length;
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.max(room, 0)));
  return text.slice(0, read) + CUT;
}

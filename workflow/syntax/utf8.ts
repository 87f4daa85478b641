/**
 * Text of UTF-8 bytes, strictly: overlong forms, surrogates and cut sequences are refused, as in the Encoding Standard
 * (https://encoding.spec.whatwg.org/#utf-8-decoder). Written out, since this package has no platform to ask. A byte
 * order mark at the start stays in the text: offsets count it, and YAML skips it.
 */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string } | { readonly invalidAt: number } {
  const chunks: string[] = [];
  // One list for all chunks: a new one for each would be several times the text.
  const units: number[] = [];
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    const point = length === 1 ? lead : multiBytePoint(bytes, at, length);
    if (point === null) return { invalidAt: at };
    if (point > 0xffff) {
      units[count++] = 0xd800 + ((point - 0x10000) >> 10);
      units[count++] = 0xdc00 + (point & 0x3ff);
    } else units[count++] = point;
    if (count >= CHUNK_UNITS) {
      units.length = count;
      chunks.push(String.fromCharCode(...units));
      count = 0;
    }
    at += length;
  }
  units.length = count;
  chunks.push(String.fromCharCode(...units));
  return { text: chunks.join("") };
}

const CHUNK_UNITS = 512;

/** Writes a code point into the bytes; answers where the next one goes. A surrogate, which has no bytes, becomes U+FFFD. */
export function writeUtf8(bytes: Uint8Array, at: number, point: number): number {
  const scalar = isScalarValue(point) ? point : 0xfffd;
  let next = at;
  if (scalar < 0x80) bytes[next++] = scalar;
  else {
    if (scalar < 0x800) bytes[next++] = 0xc0 | (scalar >> 6);
    else {
      if (scalar < 0x10000) bytes[next++] = 0xe0 | (scalar >> 12);
      else {
        bytes[next++] = 0xf0 | (scalar >> 18);
        bytes[next++] = 0x80 | ((scalar >> 12) & 0x3f);
      }
      bytes[next++] = 0x80 | ((scalar >> 6) & 0x3f);
    }
    bytes[next++] = 0x80 | (scalar & 0x3f);
  }
  return next;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** The smallest code point that needs as many bytes; a smaller one is an overlong form. */
const SMALLEST_POINT = [0, 0, 0x80, 0x800, 0x10000];

function multiBytePoint(bytes: Uint8Array, at: number, length: number): number | null {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return null;
  let point = lead & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes[at + offset];
    if (next === undefined || (next & 0xc0) !== 0x80) return null;
    point = (point << 6) | (next & 0x3f);
  }
  return isScalarValue(point) && point >= (SMALLEST_POINT[length] ?? 0) ? point : null;
}

/** Code points but surrogates (Unicode, D76). */
function isScalarValue(point: number): boolean {
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

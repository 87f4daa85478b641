/**
 * Text of UTF-8 bytes, strictly: overlong forms, surrogates and cut sequences are refused, as in the Encoding Standard
 * (https://encoding.spec.whatwg.org/#utf-8-decoder). Written out, since this package has no platform to ask. A byte
 * order mark at the start stays in the text: offsets count it, and YAML skips it.
 */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string } | { readonly invalidAt: number } {
  const chunks: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    const point = length === 1 ? lead : multiBytePoint(bytes, at, length);
    if (point === null) return { invalidAt: at };
    if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
    else units.push(point);
    if (units.length >= 4096) {
      chunks.push(String.fromCharCode(...units));
      units = [];
    }
    at += length;
  }
  chunks.push(String.fromCharCode(...units));
  return { text: chunks.join("") };
}

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Nearly all of any text; a code point is only looked for where there may be more than a unit.
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at += 1;
    length = writePoint(bytes, length, isScalarValue(point) ? point : 0xfffd);
  }
  return bytes;
}

/** A surrogate pair, two units, takes four bytes; one alone takes three, as U+FFFD does. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    const isPair = (text.codePointAt(at) ?? 0) > 0xffff;
    if (isPair) at += 1;
    length += unit < 0x800 ? 1 : 2;
  }
  return length;
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

function writePoint(bytes: Uint8Array, at: number, point: number): number {
  let next = at;
  if (point < 0x80) bytes[next++] = point;
  else {
    if (point < 0x800) bytes[next++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[next++] = 0xe0 | (point >> 12);
      else {
        bytes[next++] = 0xf0 | (point >> 18);
        bytes[next++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[next++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[next++] = 0x80 | (point & 0x3f);
  }
  return next;
}

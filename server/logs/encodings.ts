/**
 * The other forms in which programs write a text: escaped for JSON, for a URL, for a shell (as `set -x` does), in base64 whatever
 * stands before and after it, and in hexadecimal. A form may be equal to the text or come twice.
 */
export function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  // Half a character that JSON can name, and nothing else can write, becomes the sign for an unknown one.
  const whole = bytes.toString("utf8");
  const hex = bytes.toString("hex");
  return [
    ...jsonEscapes(whole),
    ...percentEncodings(whole),
    whole.replaceAll("'", String.raw`'\''`),
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
  ];
}

/** As JavaScript writes it, and as PHP (`/`), Python (what is not ASCII) and Go (`<`, `>`, `&`) do by default. */
function jsonEscapes(text: string): readonly string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = escaped.replaceAll(/[\u0080-\uffff]/g, unicodeEscape);
  return [
    escaped,
    ascii,
    escaped.replaceAll("/", String.raw`\/`),
    ascii.replaceAll("/", String.raw`\/`),
    escaped.replaceAll(/[<>&]/g, unicodeEscape),
  ];
}

function unicodeEscape(unit: string): string {
  return String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, "0");
}

/** As `encodeURIComponent` does, by RFC 3986, with `/` kept (Python), as forms of two kinds, each with digits of both cases. */
function percentEncodings(text: string): readonly string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [
    component,
    strict,
    strict.replaceAll("%2F", "/"),
    strict.replaceAll("%20", "+"),
    new URLSearchParams([["", text]]).toString().slice("=".length),
  ];
  return forms.flatMap((form) => [form, form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** Bytes in a line of base64: `base64` wraps at 76 characters, PEM and `openssl` at 64. */
const WRAPPED_BYTES = [57, 48] as const;
/** The end of a wrapped text may be so short that its characters are found everywhere. */
const FEWEST_WRAPPED_BYTES = 6;
const NEWLINE = Buffer.from("\n");

function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [
    // By itself, also with the line break that `echo` adds: with what the last character carries of it.
    ...[bytes, Buffer.concat([bytes, NEWLINE])].flatMap((exact) => {
      const padded = exact.toString("base64");
      return [padded, padded.replace(/=+$/, "")];
    }),
    ...[0, 1, 2].map((before) => base64Within(bytes, before)),
    ...WRAPPED_BYTES.flatMap((width) => wrapped(bytes, width)),
  ];
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/**
 * The characters that these bytes have wherever they stand in a longer text: those that carry bits of nothing else.
 * @param before how many bytes, by threes, stand before them; a character has six bits
 */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function wrapped(bytes: Buffer, width: number): readonly string[] {
  if (bytes.length <= width) return [];
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += width) {
    const line = bytes.subarray(start, start + width);
    if (line.length >= FEWEST_WRAPPED_BYTES) lines.push(base64Within(line, 0));
  }
  return lines;
}

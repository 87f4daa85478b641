/** What the core schema of YAML 1.2 makes of a plain scalar (https://yaml.org/spec/1.2.2/#103-core-schema). */
export function coreValue(written: string): string | number | boolean | null {
  // Nearly all scalars of any file are told to be text by their first letter.
  if (!MAY_BE_OTHER.test(written)) return written;
  const word = WORDS.get(written);
  if (word !== undefined) return word;
  if (INTEGER.test(written)) return parseInt(written, 10);
  if (FLOAT.test(written)) return parseFloat(written);
  if (OCTAL.test(written)) return parseInt(written.slice(2), 8);
  return HEXADECIMAL.test(written) ? parseInt(written.slice(2), 16) : written;
}

const MAY_BE_OTHER = /^(?:[-+.~0-9nNtTfF]|$)/;

const INTEGER = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const OCTAL = /^0o[0-7]+$/;
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/;

const WORDS: ReadonlyMap<string, number | boolean | null> = new Map<string, number | boolean | null>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, NaN] as const),
  ...["", "+", "-"].flatMap((sign) =>
    [".inf", ".Inf", ".INF"].map((word) => [`${sign}${word}`, sign === "-" ? -Infinity : Infinity] as const),
  ),
]);

const MASK = "***";

/** Replaces secret values in text by `***`. */
export type Mask = (text: string) => string;

/**
 * Masks every value; of a value of several lines each line by itself, because logs are cut into lines.
 * Longer values go first, so that one that contains another is not left half visible.
 */
export function createMask(secrets: readonly string[]): Mask {
  const values = maskedValues(secrets);
  if (values.length === 0) return (text) => text;
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

/** The size of the longest masked value in UTF-8: as much of an unfinished line may be the beginning of a secret. */
export function longestMaskedBytes(secrets: readonly string[]): number {
  return Math.max(0, ...maskedValues(secrets).map((value) => Buffer.byteLength(value)));
}

/** A brace on a line of its own, as in a key in JSON, is no secret. */
const SHORTEST_LINE = 4;

function maskedValues(secrets: readonly string[]): readonly string[] {
  const lines = secrets.flatMap((secret) => secret.split("\n")).map((line) => line.trim());
  const wholes = secrets.map((secret) => secret.trim()).filter((secret) => secret !== "");
  const values = new Set([...wholes, ...lines.filter((line) => line.length >= SHORTEST_LINE)]);
  return [...values].sort((one, other) => other.length - one.length);
}

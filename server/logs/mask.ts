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

function maskedValues(secrets: readonly string[]): readonly string[] {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split("\n")]);
  const values = new Set(lines.map((line) => line.trim()).filter((line) => line !== ""));
  return [...values].sort((one, other) => other.length - one.length);
}

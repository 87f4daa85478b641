import { encodingsOf } from "./encodings.js";

const MASK = "***";

/** A shorter secret, in characters, is not masked: what it happens to equal is everywhere, and the gaps would tell what it is. */
export const SHORTEST_MASKED = 4;

/** Replaces secrets in text by `***`. */
export interface Mask {
  (text: string): string;
  /** The size of the longest masked text in UTF-8: as much of an unfinished line may be the beginning of one. */
  readonly longestBytes: number;
}

/**
 * Masks every value and its encodings; of a value of several lines each line by itself as well, because logs are cut into
 * lines. Longer ones go first, so that one that contains another is not left half visible.
 */
export function createMask(secrets: readonly string[]): Mask {
  const hidden = maskedTexts(secrets);
  const longestBytes = hidden.reduce((longest, each) => Math.max(longest, Buffer.byteLength(each)), 0);
  return Object.assign(
    (text: string) => hidden.reduce((masked, each) => masked.replaceAll(each, MASK), text),
    { longestBytes },
  );
}

/** Whether `createMask` does anything about it. White space around a secret does not count. */
export function isMasked(secret: string): boolean {
  return secret.trim().length >= SHORTEST_MASKED;
}

function maskedTexts(secrets: readonly string[]): readonly string[] {
  const plain = secrets
    .flatMap((secret) => [secret, ...secret.split("\n")])
    .map((text) => text.trim())
    .filter(isMasked);
  const texts = [...new Set(plain)].flatMap((text) => [text, ...encodingsOf(text)]);
  return [...new Set(texts.filter(isMasked))].sort((one, other) => other.length - one.length);
}

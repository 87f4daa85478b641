import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 13;

/** The only source of randomness; tests pass their own. */
export interface Ids {
  /** `prefix_` and 22 digits of Crockford's base 32: nine of the time in milliseconds, so that ids sort by age, and 65 random bits. */
  next(prefix: string, now: number): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export const systemIds: Ids = {
  next: (prefix, now) => `${prefix}_${timeDigits(now)}${randomDigits()}`,
  random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};

function timeDigits(now: number): string {
  let rest = now;
  let digits = "";
  for (let digit = 0; digit < TIME_DIGITS; digit += 1) {
    digits = (ALPHABET[rest % 32] ?? "0") + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}

function randomDigits(): string {
  return Array.from(randomBytes(RANDOM_DIGITS), (byte) => ALPHABET[byte % 32]).join("");
}

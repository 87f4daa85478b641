import { randomBytes, randomFillSync } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_DIGITS = 9;
const RANDOM_DIGITS = 13;
/** Asked of the system at once, since to ask takes ten times as long as to be given them. */
const IDS_AHEAD = 128;

/** The only source of randomness; tests pass their own. */
export interface Ids {
  /** `prefix_` and 22 digits of Crockford's base 32: nine of the time in milliseconds, so that ids sort by age, and 65 random bits. */
  next(prefix: string, now: number): string;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

export const systemIds: Ids = createSystemIds();

function createSystemIds(): Ids {
  const randomDigits = createRandomDigits();
  return {
    next: (prefix, now) => `${prefix}_${timeDigits(now)}${randomDigits()}`,
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  };
}

function timeDigits(now: number): string {
  let rest = now;
  let digits = "";
  for (let digit = 0; digit < TIME_DIGITS; digit += 1) {
    digits = (ALPHABET[rest % 32] ?? "0") + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}

function createRandomDigits(): () => string {
  const ahead = new Uint8Array(RANDOM_DIGITS * IDS_AHEAD);
  let used = ahead.length;
  return () => {
    if (used === ahead.length) {
      randomFillSync(ahead);
      used = 0;
    }
    let digits = "";
    for (const end = used + RANDOM_DIGITS; used < end; used += 1) digits += ALPHABET[(ahead[used] ?? 0) % 32];
    return digits;
  };
}

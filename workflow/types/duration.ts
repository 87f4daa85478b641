/**
 * Durations as authors write them: `30s`, `1h30m`, `2d`, `1.5h`, `250ms`, from the largest unit to the smallest.
 */
const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
type Unit = keyof typeof UNIT_MS;
const UNITS: readonly Unit[] = ["w", "d", "h", "m", "s", "ms"];
const DURATION_LENGTH_MAX = 60;

/** What every duration matches. A few that match are refused: longer than 60 characters, or than 2^53 ms. */
export const DURATION_PATTERN = new RegExp(
  `^(?=\\d)${UNITS.map((unit) => String.raw`(?:\d+(?:\.\d+)?${unit})?`).join("")}$`,
);

/** Milliseconds; null when the text is no duration, or one beyond 2^53 ms. A sign is not part of a duration. */
export function parseDuration(text: string): number | null {
  if (text.length > DURATION_LENGTH_MAX || !/^(?:\d+(?:\.\d+)?(?:ms|[wdhms]))+$/.test(text)) return null;
  let ms = 0;
  let last = -1;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)) {
    const place = UNITS.findIndex((known) => known === unit);
    const name = UNITS[place];
    if (name === undefined || place <= last) return null;
    last = place;
    ms += Number(amount) * UNIT_MS[name];
  }
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) ? rounded : null;
}

/** The shortest text that `parseDuration` reads back: `1h30m`, `0s`. Days are the largest unit; negative gets `-`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let rest = Math.round(ms);
  let text = "";
  for (const unit of UNITS) {
    if (unit === "w") continue;
    const amount = Math.floor(rest / UNIT_MS[unit]);
    rest -= amount * UNIT_MS[unit];
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text === "" ? "0s" : text;
}

const UNIT_WORDS = {
  w: "week",
  d: "day",
  h: "hour",
  m: "minute",
  s: "second",
  ms: "millisecond",
} as const satisfies Readonly<Record<Unit, string>>;

/** A duration in words: "1 hour 30 minutes"; weeks are told in days. */
export function durationInWords(ms: number): string {
  const parts = [...formatDuration(Math.abs(ms)).matchAll(/(\d+)(ms|[dhms])/g)].map(
    ([, amount = "", unit = ""]) => {
      const [, word] = Object.entries(UNIT_WORDS).find(([name]) => name === unit) ?? ["", unit];
      return `${amount} ${word}${amount === "1" ? "" : "s"}`;
    },
  );
  return parts.join(" ");
}

/** The duration that someone means who writes it as other systems do: `PT1H30M`, `5 minutes`; null when that is not clear. */
export function durationMeantBy(text: string): string | null {
  const [, ...iso] = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/.exec(text) ?? [];
  const ofParts = iso
    .map((amount, at) => (amount === undefined ? "" : `${Number(amount)}${"dhms"[at] ?? ""}`))
    .join("");
  if (ofParts !== "") return ofParts;
  const [, amount = "", unit = ""] =
    /^(\d{1,6})\s*(s|m|h|d)(?:ecs?|econds?|ins?|inutes?|rs?|ours?|ays?)?$/i.exec(text.trim()) ?? [];
  return amount === "" ? null : `${Number(amount)}${unit.toLowerCase()}`;
}

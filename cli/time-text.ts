const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** `0.42 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < 10 * SECOND_MS) return `${(durationMs / SECOND_MS).toFixed(2)} s`;
  if (durationMs < MINUTE_MS) return `${Math.round(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS)
    return `${Math.floor(durationMs / MINUTE_MS)} min ${Math.floor((durationMs % MINUTE_MS) / SECOND_MS)} s`;
  return `${Math.floor(durationMs / HOUR_MS)} h ${Math.floor((durationMs % HOUR_MS) / MINUTE_MS)} min`;
}

/** How long something took; empty when it has not begun or has not ended. */
export function tookText(startedAt: number | null, endedAt: number | null): string {
  return startedAt === null || endedAt === null ? "" : durationText(endedAt - startedAt);
}

/** `2026-11-23 06:00:00Z`; a dash for never. */
export function instantText(at: number | null): string {
  return at === null ? "–" : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

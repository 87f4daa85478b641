/**
 * How long the fires of a schedule are put off, in milliseconds from 0 to, not including, `jitterMs`: always the same
 * for one schedule, spread evenly over many. FNV-1a with a last mix, for ids that differ in one character only.
 */
export function jitterFor(scheduleId: string, jitterMs: number): number {
  if (!(jitterMs >= 1)) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < scheduleId.length; at += 1) {
    hash = Math.imul(hash ^ scheduleId.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * Math.floor(jitterMs));
}

import { readFileSync } from "node:fs";

// Loaded into the service before it begins (NODE_OPTIONS=--import): the clock on its wall is ahead by as many milliseconds as a file says.

const file = process.env["MOVED_CLOCK"] ?? "";
const wall = Date.now.bind(Date);
/** Looked at once in so many milliseconds, which nobody can set. */
const LOOK_MS = 5;
const moved = { byMs: 0, lookedAt: -Infinity };

Date.now = () => {
  const now = performance.now();
  if (now - moved.lookedAt > LOOK_MS) {
    moved.lookedAt = now;
    moved.byMs = Number(readFileSync(file, "utf8"));
  }
  return wall() + moved.byMs;
};

import { statSync } from "node:fs";

/** The server and all that it needs in one file, which `scripts/bundled-programs.mjs` makes from what the compiler wrote. */
export const BUNDLE = new URL("../out/language-server.cjs", import.meta.url);

/** What the compiler touches whenever it writes into a folder that the bundle is made of. */
const WRITTEN = ["../dist", "../dist/service", "../../workflow/dist", "../../engine/dist"].map(
  (folder) => new URL(`${folder}/tsconfig.tsbuildinfo`, import.meta.url),
);

/** Whether the bundle is there and the compiler has written nothing since it was begun. Epoch milliseconds are compared. */
export function isBundleFresh() {
  const madeAt = timeOf(BUNDLE);
  return madeAt !== undefined && WRITTEN.every((file) => (timeOf(file) ?? 0) < madeAt);
}

function timeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

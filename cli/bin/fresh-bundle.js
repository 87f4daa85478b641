import { isFresh } from "../../scripts/fresh-bundle.mjs";

/** The command, with what it imports of all packages, from what the compiler wrote; `scripts/bundled-programs.mjs` makes it. */
export const BUNDLE = new URL("../out/headwater.js", import.meta.url);

const FOLDERS = ["cli", "server", "api", "engine", "workflow"].map(
  (name) => new URL(`../../${name}/dist/`, import.meta.url),
);

/** Whether the bundle is there and the compiler has written nothing since it was begun. */
export function isBundleFresh() {
  return isFresh(BUNDLE, FOLDERS);
}

import { isFresh } from "../../scripts/fresh-bundle.mjs";

/** The server and all that it needs in one file, which `scripts/bundled-programs.mjs` makes from what the compiler wrote. */
export const BUNDLE = new URL("../out/language-server.cjs", import.meta.url);

const FOLDERS = ["../dist/", "../dist/service/", "../../workflow/dist/", "../../engine/dist/"].map(
  (folder) => new URL(folder, import.meta.url),
);

/** Whether the bundle is there and the compiler has written nothing since it was begun. */
export function isBundleFresh() {
  return isFresh(BUNDLE, FOLDERS);
}

import module from "node:module";
import { fileURLToPath } from "node:url";
import { BUNDLE, isBundleFresh } from "./fresh-bundle.js";

/** `main`: takes the arguments, answers the exit code. Where only the compiler ran there is no bundle, or an old one. */
export async function loadMain() {
  // Node.js 22.1 and newer keep what they have compiled. It is executed as it is, so it is kept where the code itself is.
  module.enableCompileCache?.(fileURLToPath(new URL("../out/compiled", import.meta.url)));
  const { main } = await import(isBundleFresh() ? BUNDLE.href : "../dist/index.js");
  return main;
}

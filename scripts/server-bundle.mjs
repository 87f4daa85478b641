// Makes one file of the language server, from which its bin starts in a quarter of the time: language-server/out/language-server.js.
import { mkdirSync, renameSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { BUNDLE, isBundleFresh } from "../language-server/bin/fresh-bundle.js";

/** Does nothing when the compiler has written nothing since. What the bin starts from is whole at any time: the file is put in place at once. */
export async function bundleServer() {
  if (isBundleFresh()) return;
  const begunAt = new Date();
  const { build } = await import("esbuild");
  const file = fileURLToPath(BUNDLE);
  const written = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL("../language-server/dist/node.js", import.meta.url))],
    outfile: written,
    bundle: true,
    minify: true,
    legalComments: "none",
    target: "node20.19",
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    // Packages of old ask for the modules of Node.js by `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  utimesSync(written, begunAt, begunAt);
  renameSync(written, file);
}

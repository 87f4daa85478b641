// Makes one file of each program that has to be there at once, from which it starts in a third of the time: that of the language server,
// and that of the process which compiles what strangers propose.
import { mkdirSync, renameSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as languageServer from "../language-server/bin/fresh-bundle.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Does nothing when the compiler has written nothing since. */
export async function bundleLanguageServer() {
  if (languageServer.isBundleFresh()) return;
  await bundle(join(root, "language-server", "dist", "node.js"), fileURLToPath(languageServer.BUNDLE));
}

/** Does nothing when the compiler has written nothing since. */
export async function bundleReviewCompiler() {
  const folder = join(root, "server", "dist", "review", "compiler");
  const { BUNDLE, isBundleFresh } = await import(join(folder, "program.js"));
  if (!isBundleFresh()) await bundle(join(folder, "main.js"), BUNDLE);
}

/** What somebody starts meanwhile is whole: the file is put in place at once. */
async function bundle(entry, file) {
  const begunAt = new Date();
  const { build } = await import("esbuild");
  const written = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [entry],
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

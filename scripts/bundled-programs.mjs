// Makes one file of each program that has to be there at once, from which it starts in a third of the time: that of the language server,
// and that of the process which compiles what strangers propose.
import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as languageServer from "../language-server/bin/fresh-bundle.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Does nothing when the compiler has written nothing since. */
export async function bundleLanguageServer() {
  if (languageServer.isBundleFresh()) return;
  await bundle(
    join(root, "language-server", "dist", "node.js"),
    fileURLToPath(languageServer.BUNDLE),
    SCRIPT,
  );
}

/** Does nothing when the compiler has written nothing since. */
export async function bundleReviewCompiler() {
  const folder = join(root, "server", "dist", "review", "compiler");
  const { BUNDLE, isBundleFresh } = await import(join(folder, "program.js"));
  if (!isBundleFresh()) await bundle(join(folder, "main.js"), BUNDLE, MODULE);
}

/** For `language-server/bin/run-bundle.js`, which has `require` and where the bundle is: what V8 compiles of a module Node.js 20 cannot keep. */
const SCRIPT = { format: "iife", define: { "import.meta.url": "bundleUrl" } };

const MODULE = {
  format: "esm",
  // Packages of old ask for the modules of Node.js by `require`.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
};

/** What somebody starts meanwhile is whole: the file is put in place at once. */
async function bundle(entry, file, form) {
  const begunAt = new Date();
  const { build } = await import("esbuild");
  const written = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: written,
    write: false,
    bundle: true,
    minify: true,
    legalComments: "none",
    target: "node20.19",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "warning",
    ...form,
  });
  writeFileSync(written, outputFiles[0].text.replace(/[^\0-\x7f]/g, escaped));
  utimesSync(written, begunAt, begunAt);
  renameSync(written, file);
}

/** In patterns the bundler leaves what is not ASCII as it is. */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

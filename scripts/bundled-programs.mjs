// Bundles each program that has to be there at once, and then starts in a third to a half of the time: the language server, the process
// which compiles what strangers propose, and the command, the service with it.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as command from "../cli/bin/fresh-bundle.js";
import * as languageServer from "../language-server/bin/fresh-bundle.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** For `language-server/bin/run-bundle.js`, which has `require` and where the bundle is: what V8 compiles of a module Node.js 20 cannot keep. */
const SCRIPT = { format: "iife", define: { "import.meta.url": "bundleUrl" } };

const MODULE = {
  format: "esm",
  // Packages of old ask for the modules of Node.js by `require`.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
};

/** What started before the bundle was made anew, and is about to import a part of it, has it for so long. */
const STALE_MS = 86_400_000;

/** They have machine code beside them. */
const NATIVE = ["sqlite3", "koffi"];

/** Does nothing when the compiler has written nothing since. */
export async function bundleLanguageServer() {
  if (languageServer.isBundleFresh()) return;
  const entry = join(root, "language-server", "dist", "node.js");
  await bundle(entry, fileURLToPath(languageServer.BUNDLE), { minify: true, ...SCRIPT });
}

/** Does nothing when the compiler has written nothing since. */
export async function bundleReviewCompiler() {
  const folder = join(root, "server", "dist", "review", "compiler");
  const { BUNDLE, isBundleFresh } = await import(join(folder, "program.js"));
  if (!isBundleFresh()) await bundle(join(folder, "main.js"), BUNDLE, { minify: true, ...MODULE });
}

/**
 * Does nothing when the compiler has written nothing since. The service is a file of its own, which most commands do not load; names stay
 * as they are, for what goes wrong in it is told by them.
 */
export async function bundleCommand() {
  if (command.isBundleFresh()) return;
  const file = fileURLToPath(command.BUNDLE);
  // Before they are read: what is compiled meanwhile is newer than the bundle.
  const begunAt = new Date();
  const { sumOfPrograms } = await import(join(root, "server", "dist", "registry", "build-id.js"));
  await bundle(join(root, "cli", "dist", "index.js"), file, {
    begunAt,
    define: { BUNDLED_PROGRAMS: JSON.stringify(sumOfPrograms()) },
    splitting: true,
    keepNames: true,
    external: NATIVE,
    plugins: [placed(dirname(file))],
    ...MODULE,
  });
}

/** What somebody starts meanwhile is whole: what the file imports is there before it, and it is put in place at once. */
async function bundle(entry, file, { begunAt = new Date(), ...form }) {
  const { build } = await import("esbuild");
  const name = basename(file, extname(file));
  const { outputFiles } = await build({
    entryPoints: { [name]: entry },
    outdir: dirname(file),
    outExtension: { ".js": extname(file) },
    write: false,
    bundle: true,
    legalComments: "none",
    target: "node20.19",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "warning",
    ...form,
  });
  mkdirSync(dirname(file), { recursive: true });
  for (const output of outputFiles.toSorted((one, other) => (one.path === file) - (other.path === file))) {
    const written = `${output.path}.${process.pid}`;
    writeFileSync(written, output.text.replace(/[^\0-\x7f]/g, escaped));
    utimesSync(written, begunAt, begunAt);
    renameSync(written, output.path);
  }
  dropStale(
    dirname(file),
    outputFiles.map(({ path }) => path),
  );
}

/** Parts of earlier bundles, and what V8 has compiled of them. */
function dropStale(folder, current) {
  rmSync(join(folder, "compiled"), { recursive: true, force: true });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!current.includes(path) && statSync(path).mtimeMs < Date.now() - STALE_MS) rmSync(path);
  }
}

/** In patterns the bundler leaves what is not ASCII as it is. */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Our modules find what is beside them from where they were, not from where the bundle is. */
function placed(folder) {
  return {
    name: "placed",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!/^(?:cli|server)[/\\]dist[/\\]/.test(relative(root, path))) return undefined;
        const code = readFileSync(path, "utf8");
        if (!code.includes("import.meta.")) return undefined;
        const place = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url)`;
        const contents = code
          .replaceAll("import.meta.dirname", "PLACE_FOLDER")
          .replaceAll("import.meta.url", "PLACE.href");
        const header = `import { fileURLToPath as pathOfPlace } from "node:url"; const PLACE = ${place}, PLACE_FOLDER = pathOfPlace(new URL(".", PLACE)).slice(0, -1);`;
        return { contents: `${header}\n${contents}`, loader: "js" };
      });
    },
  };
}

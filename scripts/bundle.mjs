// Builds the extension into extension/out, as VS Code loads it: manifest, bundles for Node.js and the browser, grammar, pictures.
// What is there is whole at any time, as others may be reading it: each file is put in place at once.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "./prepare.mjs";

const source = join(root, "extension");
const BUNDLE = join(source, "out");
/** By its time one sees whether the bundle is older than what it is made of, so it is the last to be put in place. */
const LAST = "language-server.js";
const COMMON = {
  bundle: true,
  minify: true,
  legalComments: "none",
  target: "es2022",
  logLevel: "warning",
  absWorkingDir: root,
  conditions: ["source"],
};
const NODE = {
  ...COMMON,
  platform: "node",
  format: "cjs",
  mainFields: ["module", "main"],
  external: ["vscode"],
  // So that `import()` is `require`, before which VS Code stands.
  supported: { "dynamic-import": false },
};
const BROWSER = {
  ...COMMON,
  platform: "browser",
  mainFields: ["browser", "module", "main"],
  external: ["vscode"],
};

/**
 * What is needed once the extension is active, or by a service, has files of its own where an extension may load files: most of the time
 * until it is active would go by reading them. In a browser all is one file.
 */
const LATER = ["language/process-client", "service/service-client"];
const SPLIT = {
  name: "split",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\// }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: `./${basename(path)}`, external: true } : undefined,
    ),
};
/**
 * Each of our files that imports all of `vscode` would copy its hundreds of members when it is loaded: this way they are inherited. What
 * copies them by itself, as packages do that ask by `require`, is left alone.
 */
const INHERIT = {
  name: "inherit",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ kind }) =>
      kind === "import-statement" ? { path: "vscode", namespace: "inherited" } : undefined,
    );
    onLoad({ filter: /./, namespace: "inherited" }, () => ({
      contents: 'module.exports = { __proto__: require("vscode") };',
    }));
  },
};

mkdirSync(join(root, ".cache"), { recursive: true });
const made = mkdtempSync(join(root, ".cache", "extension-"));
try {
  await makeIn(made);
  putInPlace(made);
} finally {
  rmSync(made, { recursive: true, force: true });
}

async function makeIn(folder) {
  for (const name of ["icons", "syntaxes", "walkthrough"])
    cpSync(join(source, name), join(folder, name), { recursive: true });
  cpSync(join(root, "docs", "errors.md"), join(folder, "errors.md"));
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(source, "README.md"), join(folder, "README.md"));
  const manifest = JSON.parse(readFileSync(join(source, "manifest.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await Promise.all([
    build({
      ...NODE,
      entryPoints: ["extension/node.ts"],
      outfile: join(folder, "node.js"),
      plugins: [SPLIT, INHERIT],
    }),
    ...LATER.map((part) =>
      build({
        ...NODE,
        entryPoints: [`extension/${part}.ts`],
        outfile: join(folder, `${basename(part)}.js`),
      }),
    ),
    build({
      ...BROWSER,
      format: "cjs",
      entryPoints: ["extension/browser.ts"],
      plugins: [INHERIT],
      outfile: join(folder, "browser.js"),
    }),
    build({
      ...BROWSER,
      format: "iife",
      // What only Node.js has is asked for only there.
      external: ["node:*"],
      entryPoints: ["language-server/embedded.ts"],
      outfile: join(folder, LAST),
    }),
  ]);
}

function putInPlace(folder) {
  const files = filesIn(folder).sort((one, other) => Number(one === LAST) - Number(other === LAST));
  for (const file of files) {
    mkdirSync(dirname(join(BUNDLE, file)), { recursive: true });
    renameSync(join(folder, file), join(BUNDLE, file));
  }
  for (const file of filesIn(BUNDLE)) if (!files.includes(file)) rmSync(join(BUNDLE, file));
}

/** Paths within the folder. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

// Builds the extension into extension/out, as VS Code loads it: manifest, bundles for Node.js and the browser, grammar, pictures.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./prepare.mjs";

export const BUNDLE = join(root, "extension", "out");
const source = join(root, "extension");
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
};
const BROWSER = {
  ...COMMON,
  platform: "browser",
  mainFields: ["browser", "module", "main"],
  external: ["vscode"],
};

rmSync(BUNDLE, { recursive: true, force: true });
mkdirSync(BUNDLE, { recursive: true });
for (const name of ["icons", "syntaxes", "walkthrough"])
  cpSync(join(source, name), join(BUNDLE, name), { recursive: true });
cpSync(join(root, "docs", "errors.md"), join(BUNDLE, "errors.md"));
cpSync(join(root, "LICENSE"), join(BUNDLE, "LICENSE"));
cpSync(join(source, "README.md"), join(BUNDLE, "README.md"));
const manifest = JSON.parse(readFileSync(join(source, "manifest.json"), "utf8"));
writeFileSync(join(BUNDLE, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await Promise.all([
  build({ ...NODE, entryPoints: ["extension/node.ts"], outfile: join(BUNDLE, "node.js") }),
  build({
    ...BROWSER,
    format: "cjs",
    entryPoints: ["extension/browser.ts"],
    outfile: join(BUNDLE, "browser.js"),
  }),
  build({
    ...BROWSER,
    format: "iife",
    // What only Node.js has is asked for only there.
    external: ["node:*"],
    entryPoints: ["language-server/embedded.ts"],
    outfile: join(BUNDLE, "language-server.js"),
  }),
]);

// `npm run package`: the extension as one file that VS Code installs, extension/headwater.vsix, and how large that is.
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { install, installEditors, requireNode, root } from "./prepare.mjs";

const BYTES_MAX = 1_000_000;
const file = join(root, "extension", "headwater.vsix");

requireNode();
await install();
await installEditors({ onlyPacker: true });
const vsce = join(root, "test", "editor", "node_modules", "@vscode", "vsce", "vsce");
execFileSync(process.execPath, [join(root, "scripts", "bundle.mjs")], { stdio: "inherit" });
execFileSync(
  process.execPath,
  [vsce, "package", "--no-dependencies", "--allow-missing-repository", "--out", file],
  { stdio: "inherit", cwd: join(root, "extension", "out") },
);
const { size } = statSync(file);
console.log(`${file}: ${Math.round(size / 1000)} kB`);
if (size > BYTES_MAX) {
  console.error(`The extension must not be larger than ${BYTES_MAX / 1000} kB`);
  process.exitCode = 1;
}

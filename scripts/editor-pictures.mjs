// Puts the pictures of docs/editor.md in place, from those that the tests of the extension have taken last: node scripts/editor-pictures.mjs
// Before it: npm test -- -g "the extension|acting on runs". What the tests took in the newest VS Code counts; what docs do not show goes.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";
import { withFewColours } from "./small-png.mjs";

const TAKEN = process.env["SHOTS"] ?? join(root, ".cache", "pictures", "extension");
const IMAGES = join(root, "docs", "images");
const EDITION = "1.137";

const page = readFileSync(join(root, "docs", "editor.md"), "utf8");
const shown = new Set([...page.matchAll(/\(images\/(editor-[\w-]+\.png)\)/g)].map(([, file]) => file));
for (const file of readdirSync(IMAGES))
  if (file.startsWith("editor-") && !shown.has(file)) rmSync(join(IMAGES, file));
for (const file of shown) {
  const taken = readFileSync(join(TAKEN, file.replace("editor-", `${EDITION}-`)));
  writeFileSync(join(IMAGES, file), withFewColours(taken));
}
console.log(`${shown.size} pictures are in ${IMAGES}`);

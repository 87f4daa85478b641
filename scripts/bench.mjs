// `npm run bench [NAME …]`: every benchmark of bench/, or those named, one after the other; see bench/RESULTS.md.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build, install, pass, root } from "./prepare.mjs";

await install();
await build(["bench"]);
const folder = join(root, "bench", "dist");
const names = process.argv.slice(2);
const all = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.js"))
  .map((file) => file.slice(0, -".bench.js".length));
for (const name of names.length > 0 ? names : all) {
  console.log(`\n## ${name}\n`);
  process.exitCode ||= await pass(process.execPath, ["--expose-gc", join(folder, `${name}.bench.js`)]);
}

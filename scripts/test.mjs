// `npm test`: every check, then every test. Arguments go to mocha and then only the tests run: `npm test -- -g "fires once"`.
import { join } from "node:path";
import {
  build,
  dropStaleOutput,
  install,
  installEditors,
  installPrograms,
  pass,
  requireGit,
  requireNode,
  root,
} from "./prepare.mjs";

requireNode();
await requireGit();
// One compiles, the other fetches: neither waits for the other.
await Promise.all([install(), installPrograms()]);
await installEditors();
await build(["."]);
dropStaleOutput();

const only = process.argv.slice(2);
const checked = only.length > 0 ? 0 : await pass(process.execPath, [join(root, "scripts", "check.mjs")]);
const tested = await pass(process.execPath, [
  join(root, "node_modules", "mocha", "bin", "mocha.js"),
  "test/dist/**/*.test.js",
  ...only,
]);
process.exitCode = checked === 0 && tested === 0 ? 0 : 1;

// `npm run check`: everything that can be said without running the product. One line a check, the output only of what fails.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPackages, ONE_BUILDER, requireNode, root } from "./prepare.mjs";

requireNode();
await installPackages();

const run = promisify(execFile);
const CHECKS = [
  {
    name: "imports",
    command: "depcruise",
    args: ["workflow", "engine", "api", "server", "cli", "language-server", "extension"],
  },
  { name: "format", command: "oxfmt", args: ["--check"] },
  { name: "types", command: "tsc", args: ["-b", ...ONE_BUILDER] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
];

// Two at a time. What does not compile is told by the compiler, before the linter asks it.
const [imports, ...others] = CHECKS;
const results = await Promise.all([inTurn([imports]), inTurn(others)]);
process.exitCode = results.flat().every(Boolean) ? 0 : 1;

async function inTurn(checks) {
  const passed = [];
  for (const check of checks) passed.push(await passes(check));
  return passed;
}

async function passes({ name, command, args }) {
  const startedAt = performance.now();
  const problem = await run(join(root, "node_modules", ".bin", command), args, {
    cwd: root,
    maxBuffer: 2 ** 26,
  }).then(
    () => null,
    (error) => `${error.stdout}${error.stderr}`.trim() || String(error),
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${problem === null ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (problem !== null) console.log(problem);
  return problem === null;
}

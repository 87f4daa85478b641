// `npm run check`: everything that can be said without running the product. One line a check, the output only of what fails.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { install, ONE_BUILDER, requireNode, root } from "./prepare.mjs";

requireNode();
await install();

const run = promisify(execFile);
const CHECKS = [
  { name: "format", command: "prettier", args: ["--check", "--log-level", "warn", "."] },
  { name: "types", command: "tsc", args: ["-b", ...ONE_BUILDER] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  {
    name: "imports",
    command: "depcruise",
    args: ["workflow", "engine", "api", "server", "cli", "language-server", "extension"],
  },
];

let failed = 0;
for (const check of CHECKS) {
  const startedAt = performance.now();
  const problem = await run(join(root, "node_modules", ".bin", check.command), check.args, {
    cwd: root,
    maxBuffer: 2 ** 26,
  }).then(
    () => null,
    (error) => `${error.stdout}${error.stderr}`.trim() || String(error),
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${problem === null ? "ok  " : "FAIL"} ${check.name} (${seconds} s)`);
  if (problem !== null) {
    failed += 1;
    console.log(problem);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

// `npm test`: every check, then every test. Arguments go to mocha and then only the tests run: `npm test -- -g "fires once"`.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import {
  build,
  compilePackages,
  dropStaleOutput,
  installEditors,
  installPackages,
  installPrograms,
  pass,
  requireGit,
  requireNode,
  root,
} from "./prepare.mjs";

/** Some have a browser and a service of their own, several hundred megabytes. */
const JOBS_MAX = 4;
/** What takes longest, far more than all others, is begun first: else one processor waits for it at the end. */
const FIRST = [
  // These two do nothing but compute, and do it while the others wait: see `test/yield-processor.ts`.
  "simulation/simulation.test.js",
  "workflow/project/truncated-files.test.js",
  "extension/with-service.test.js",
  "faults/kill.test.js",
  "browser/page.test.js",
  "extension/start-extension.test.js",
  "server/steps/containers/containers.test.js",
  "cli/commands/serve.test.js",
];

requireNode();
await requireGit();
const only = process.argv.slice(2);
await installPackages();
// One compiles C with one processor, one fetches: what is built and checked waits for neither.
const [checked] = await Promise.all([buildAndCheck(), compilePackages(), installForTests()]);
const tested = await pass(process.execPath, [
  join(root, "node_modules", "mocha", "bin", "mocha.js"),
  ...(only.length > 0 ? ["test/dist/**/*.test.js", ...only] : sideBySide(findTests())),
]);
process.exitCode = checked === 0 && tested === 0 ? 0 : 1;

/** The exit code of the checks. */
async function buildAndCheck() {
  await build(["."]);
  dropStaleOutput();
  return only.length > 0 ? 0 : pass(process.execPath, [join(root, "scripts", "check.mjs")]);
}

/** One after the other: both take packages from the network. */
async function installForTests() {
  await installPrograms();
  await installEditors();
}

/**
 * All that is chosen by arguments runs in one process, as `.only` and a debugger need it. Two more than there are processors: for a third
 * of their time tests wait for a browser, a host or a disk, and what only computes stands back.
 */
function sideBySide(files) {
  const jobs = String(Math.min(JOBS_MAX, availableParallelism() + 2));
  return ["--parallel", "--jobs", jobs, "--reporter", "scripts/spec-by-files.mjs", ...files];
}

/** Paths from the root, in the order in which they are begun. */
function findTests() {
  const paths = readdirSync(join(root, "test", "dist"), { recursive: true })
    .filter((path) => path.endsWith(".test.js"))
    .map((path) => path.split(sep).join("/"))
    .sort();
  const gone = FIRST.filter((path) => !paths.includes(path));
  if (gone.length > 0) throw new Error(`scripts/test.mjs begins with what is no test: ${gone.join(", ")}`);
  return [...new Set([...FIRST, ...paths])].map((path) => `test/dist/${path}`);
}

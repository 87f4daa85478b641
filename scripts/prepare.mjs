// What `npm start` and `npm test` do before their own work: install what is missing, build what is stale. Quick when there is nothing to do.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCommand, bundleLanguageServer, bundleReviewCompiler } from "./bundled-programs.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** In parallel the compiler remembers that a package's output is missing from before it was built (TypeScript 7.0.2). */
export const ONE_BUILDER = ["--builders", "1"];
/** By project whose build builds them too. */
const BUNDLES = [
  { with: [".", "language-server", "extension", "test", "bench"], bundle: bundleLanguageServer },
  { with: [".", "server", "cli", "test", "bench"], bundle: bundleReviewCompiler },
  { with: [".", "cli", "test", "bench"], bundle: bundleCommand },
];
const INSTALLED = join(root, "node_modules", ".headwater-installed");
const COMPILED = join(root, "node_modules", ".headwater-compiled");
/** Processes that go on, each until it ends. */
const CHILDREN = new Set();
/** Of each step that is under way its title and since when, by `performance.now`. */
const UNDER_WAY = new Map();

/** Stops with a message when Node is too old; everything else needs it. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  void stop(
    `Headwater needs Node.js 20.19 or newer, this is ${process.versions.node}. Install one from https://nodejs.org and try again.`,
  );
}

/** Stops with a message when git is missing. */
export async function requireGit() {
  if ((await capture("git", ["--version"])).code === 0) return;
  await stop("Headwater needs git on the PATH: every pipeline is a file in Git. Install it and try again.");
}

/** All that Headwater needs to run. */
export async function install() {
  await installPackages();
  await compilePackages();
}

/** `npm ci`, when the lock file is not the one that was installed: all that nobody has to compile. */
export async function installPackages() {
  if (isStamped(INSTALLED)) return;
  // What was bundled has the packages of before in it, which the compiler knows nothing of.
  for (const project of ["cli", "extension", "language-server", "server"])
    rmSync(join(root, project, "out"), { recursive: true, force: true });
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await step("Installing packages", ["npm", "ci", "--ignore-scripts", ...quiet]);
  writeFileSync(INSTALLED, wantedPackages());
}

/** After `installPackages`. One processor has it for minutes, where no prebuilt binary can be had: others may build meanwhile. */
export async function compilePackages() {
  if (isStamped(COMPILED)) return;
  await step(
    "Installing sqlite3 (compiled where no prebuilt binary can be had: up to 3 minutes)",
    ["npm", "rebuild", "sqlite3", "--loglevel=error"],
    { JOBS: String(availableParallelism()) },
  );
  writeFileSync(COMPILED, wantedPackages());
}

function isStamped(stamp) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wantedPackages();
}

function wantedPackages() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(process.versions.modules)
    .digest("hex");
}

/**
 * What tests drive and npm has not: a browser for the page, a PostgreSQL for `sql`. Installed where it is missing and may be;
 * without it those tests say that they did not run.
 */
export async function installPrograms() {
  const missing = async (command, argument) => (await capture(command, [argument])).code !== 0;
  const { CHROMIUM, POSTGRES } = process.env;
  const packages = [
    ...(CHROMIUM === undefined && (await missing("chromium", "--version")) ? ["chromium"] : []),
    ...(POSTGRES === undefined && !existsSync("/usr/lib/postgresql") ? ["postgresql"] : []),
    ...((await missing("nvim", "--version")) ? ["neovim"] : []),
  ];
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || (await missing("apt-get", "--version"))) return;
  const command = `apt-get update -q && apt-get install -qy --no-install-recommends ${packages.join(" ")}`;
  await step(`Installing for the tests: ${packages.join(", ")}`, ["sh", "-c", command], {
    DEBIAN_FRONTEND: "noninteractive",
  });
}

/** What packs the extension, and for its tests the editors that it is tried in: 730 MB that nobody needs to run Headwater. */
export async function installEditors({ onlyPacker = false } = {}) {
  const folder = join(root, "test", "editor");
  const stamp = join(folder, "node_modules", ".headwater-installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  const here = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (here === wanted || (onlyPacker && here === `${wanted} packer`)) return;
  const title = onlyPacker ? "what packs the extension" : "VS Code for the tests of the extension (730 MB)";
  await step(`Installing ${title}`, [
    "npm",
    "ci",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...(onlyPacker ? ["--omit=dev"] : []),
  ]);
  writeFileSync(stamp, onlyPacker ? `${wanted} packer` : wanted);
}

/** The compiler leaves the output of a source that is gone: a test that was removed would go on running. */
export function dropStaleOutput() {
  for (const project of [
    "workflow",
    "engine",
    "api",
    "server",
    "cli",
    "language-server",
    "extension",
    "test",
    "bench",
  ]) {
    const dist = join(root, project, "dist");
    if (!existsSync(dist)) continue;
    for (const name of readdirSync(dist, { recursive: true })) {
      const source = /^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(name)?.[1];
      if (source !== undefined && !existsSync(join(root, project, `${source}.ts`))) rmSync(join(dist, name));
    }
  }
}

/**
 * Compiles the TypeScript projects named by their folders, and bundles the programs that are made of them; an incremental
 * build that finds nothing to do takes half a second.
 */
export async function build(folders) {
  await compile(folders);
  for (const { with: builds, bundle } of BUNDLES)
    if (folders.some((folder) => builds.includes(folder))) await bundle();
}

async function compile(folders) {
  const fresh = existsSync(join(root, "cli", "dist", "index.js"));
  const args = [join(root, "node_modules", "typescript", "bin", "tsc"), "-b", ...ONE_BUILDER, ...folders];
  if (!fresh) return step("Building", [process.execPath, ...args]);
  const result = await capture(process.execPath, args);
  if (result.code !== 0) await stop(`The build failed:\n${result.output}`);
}

/** Runs a command to its end with its output on the terminal; answers its exit code. */
export function pass(command, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...environment },
    });
    child.on("error", (error) => stop(`Cannot start ${command}: ${error.message}`));
    child.on("close", (code, signal) => resolve(signal === null ? code : 1));
  });
}

/** One long command; a terminal has one line of progress for all that are under way. Its output is shown only when it fails. */
async function step(title, [command, ...args], environment = {}) {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const live = process.stderr.isTTY;
  if (!live) process.stderr.write(`${title} …\n`);
  UNDER_WAY.set(title, startedAt);
  const ticker = setInterval(() => {
    if (live) showProgress();
    else if (seconds() % 30 === 0) process.stderr.write(`  … ${title.split(" (", 1)[0]}: ${seconds()} s\n`);
  }, 1000);
  const result = await capture(command, args, environment);
  clearInterval(ticker);
  UNDER_WAY.delete(title);
  process.stderr.write(
    `${live ? "\r\x1b[K" : ""}${title}: ${result.code === 0 ? "done" : "failed"} (${seconds()} s)\n`,
  );
  if (live) showProgress();
  if (result.code !== 0) await stop(result.output + (result.output.includes("gyp ERR!") ? NOT_COMPILED : ""));
}

function showProgress() {
  const titles = [...UNDER_WAY].map(
    ([title, startedAt]) => `${title} … ${Math.round((performance.now() - startedAt) / 1000)} s`,
  );
  // What is longer than the line could not be written over.
  process.stderr.write(`\r\x1b[K${titles.join("; ").slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

const NOT_COMPILED = `
sqlite3 has no prebuilt binary here and could not be compiled. That takes a C++ compiler, make, Python 3 and the headers of Node.js, which
are fetched from nodejs.org. Where that cannot be reached, say where they lie: with Node.js in /usr/bin, npm_config_nodedir=/usr npm start.`;

function capture(command, args, environment = {}) {
  const ended = new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment } });
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("error", (error) => resolve({ code: 1, output: String(error) }));
    child.on("close", (code) => resolve({ code, output }));
  });
  CHILDREN.add(ended);
  void ended.then(() => CHILDREN.delete(ended));
  return ended;
}

/** What goes on beside what has failed is waited for: begun anew it would work on the same files. Nothing is done after it. */
function stop(message) {
  process.stderr.write(`${message}\n`);
  if (CHILDREN.size === 0) process.exit(2);
  process.stderr.write(`First this goes on to its end: ${[...UNDER_WAY.keys()].join("; ")}\n`);
  return Promise.all(CHILDREN).then(() => process.exit(2));
}

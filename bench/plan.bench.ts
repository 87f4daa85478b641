import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  compileProject,
  createCompileCache,
  planChange,
  type CompileCache,
  type CompiledProject,
  type SourceTree,
} from "@headwater/workflow";
import { processIo } from "#cli/io.js";
import { main } from "#cli/main.js";
import { generatedWorkflow } from "./generated-workflow.js";
import { tableOf, timeInTurns } from "./median.js";

// `headwater plan` for 10,000 workflows of 60 lines of which one was edited on disk. The floor is compiling the project once,
// which no plan can do without.

const FILES = 10_000;
const FOLDERS = 500;
const LINES = 60;
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), "headwater-plan-"));
const files = new Map<string, Buffer>();
const git = (...args: readonly string[]): void =>
  void execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@localhost", ...args], {
    cwd: folder,
    stdio: "ignore",
  });
for (let file = 0; file < FILES; file += 1) write(file, generatedWorkflow(`wf-${file}`, LINES));
git("init", "-q", "-b", "main");
git("add", ".");
git("commit", "-qm", "Ten thousand workflows");
write(
  1,
  generatedWorkflow("wf-1", LINES)
    .replace("timeout: 10m", "timeout: 20m")
    .replace("30 2 * * *", "30 3 * * *"),
);

const cache = createCompileCache();
const before = compiled(cache);
write(1, readFileSync(join(folder, pathOf(1)), "utf8").replace("30 3 * * *", "30 4 * * *"));
const after = compiled(cache);
const timings = await timeInTurns(ROUNDS, {
  "compiling the project once, cold": () => cpuMsOf(() => void compiled(createCompileCache())),
  "headwater plan": () =>
    cpuMsOf(async () => {
      let text = "";
      const stdout = { ...processIo().stdout, write: (words: string) => void (text += words) };
      await main(["plan"], { ...processIo(), cwd: folder, stdout });
      if (!text.startsWith("Plan: 0 added, 1 changed")) console.error(text);
    }),
  "of it, comparing the two sides": () => cpuMsOf(() => void planChange(before, after, { at: 0 })),
});
console.log(tableOf(timings, "compiling the project once, cold"));
rmSync(folder, { recursive: true });

/** In CPU time of this process, which other work on the machine disturbs less; git's own half second is not in it. */
async function cpuMsOf(work: () => Promise<void> | void): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function compiled(known: CompileCache): CompiledProject {
  const tree: SourceTree = {
    paths: [...files.keys()].sort(),
    read: (path) => files.get(path),
    contentId: (path) => files.get(path)?.toString("latin1"),
  };
  return compileProject(tree, known);
}

function write(file: number, text: string): void {
  const path = pathOf(file);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  files.set(path, Buffer.from(text));
}

function pathOf(file: number): string {
  return `folder-${file % FOLDERS}/wf-${file}.workflow.yaml`;
}

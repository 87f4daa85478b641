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
import { generatedWorkflow } from "./generated-workflow.js";
import { tableOf, timeInTurns } from "./median.js";

// `headwater plan` for 10,000 workflows of 60 lines of which one was edited on disk. The floor is compiling the project once,
// which no plan can do without.

const FILES = 10_000;
const FOLDERS = 500;
const LINES = 60;
const BIN = join(import.meta.dirname, "..", "..", "cli", "bin", "headwater.js");

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
const timings = await timeInTurns(3, {
  "compiling the project once, cold": async () => void compiled(createCompileCache()),
  "headwater plan": async () => {
    const text = execFileSync(process.execPath, [BIN, "plan"], { cwd: folder, encoding: "utf8" });
    if (!text.startsWith("Plan: 0 added, 1 changed")) console.error(text);
  },
  "of it, comparing the two sides": async () => void planChange(before, after, { at: 0 }),
});
console.log(tableOf(timings, "compiling the project once, cold"));
rmSync(folder, { recursive: true });

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

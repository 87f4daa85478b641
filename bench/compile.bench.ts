import { compileProject, createCompileCache, type CompileCache, type SourceTree } from "@headwater/workflow";
import { LineCounter, parseDocument } from "yaml";
import { generatedWorkflow } from "./generated-workflow.js";
import { timeInTurns } from "./median.js";

// From text to definitions and findings. The floor is what parsing the same text with the `yaml` library costs in the
// same run; budgets: one file at most 1.3 times that and linear, 10,000 files cold in 8 s and 300 MB.

// The last is as near to the limit of 256 KiB for one file as whole steps come; 20,000 lines would be twice the limit.
const LINES = [100, 1000, 5000, 10_000];
const FOLDERS = 500;
const FILE_LINES = 60;

console.log("### One file, changed, in a process that is warm\n");
console.log("| lines | KiB | `yaml` alone ms | Headwater ms | ratio | µs a line |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const lines of LINES) await compileOne(lines);

console.log(`\n### Many files of ${FILE_LINES} lines in ${FOLDERS} folders\n`);
console.log("| files | `yaml` alone s | cold s | ratio | one file changed ms | memory MB |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const files of [1000, 10_000]) compileMany(files);

async function compileOne(lines: number): Promise<void> {
  const text = generatedWorkflow("one", lines);
  const bytes = new TextEncoder().encode(text);
  const cache = createCompileCache();
  let edition = 0;
  const { yaml, Headwater } = await timeInTurns(Math.max(9, Math.round(50_000 / lines)), {
    yaml: async () => parseAlone(text),
    Headwater: async () => {
      edition += 1;
      expectClean(treeOf(new Map([["one.workflow.yaml", bytes]]), edition), cache);
    },
  });
  const cells = [
    lines,
    Math.round(bytes.length / 1024),
    yaml.median.toFixed(2),
    Headwater.median.toFixed(2),
    (Headwater.median / yaml.median).toFixed(2),
    ((Headwater.median * 1000) / lines).toFixed(1),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

function compileMany(count: number): void {
  const files = new Map<string, Uint8Array>();
  for (let file = 0; file < count; file += 1) {
    const text = generatedWorkflow(`wf-${file}`, FILE_LINES);
    files.set(`folder-${file % FOLDERS}/wf-${file}.workflow.yaml`, new TextEncoder().encode(text));
  }
  const cache = createCompileCache();
  globalThis.gc?.();
  const coldMs = timeOf(() => expectClean(treeOf(files, 0), cache));
  // Of the whole process and its whole life, so this stands before the parser alone is run.
  const memoryMb = process.resourceUsage().maxRSS / 1024;
  files.set(
    "folder-1/wf-1.workflow.yaml",
    new TextEncoder().encode(generatedWorkflow("wf-1", FILE_LINES + 10)),
  );
  const warmMs = timeOf(() => expectClean(treeOf(files, 0), cache));
  const yamlMs = timeOf(() => {
    for (const bytes of files.values()) parseAlone(new TextDecoder().decode(bytes));
  });
  const cells = [
    count,
    (yamlMs / 1000).toFixed(2),
    (coldMs / 1000).toFixed(2),
    (coldMs / yamlMs).toFixed(2),
    warmMs.toFixed(0),
    memoryMb.toFixed(0),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

function treeOf(files: ReadonlyMap<string, Uint8Array>, edition: number): SourceTree {
  return {
    paths: [...files.keys()].sort(),
    read: (path) => files.get(path),
    contentId: (path) => {
      const bytes = files.get(path);
      return bytes === undefined ? undefined : `${edition} ${bytes.length}`;
    },
  };
}

/** What is wrong takes another way through the compiler, and would be another measurement. */
function expectClean(tree: SourceTree, cache: CompileCache): void {
  const { diagnostics } = compileProject(tree, cache);
  const [first] = diagnostics.filter(({ severity }) => severity === "error");
  if (first !== undefined) console.error(`${first.file}: ${first.message}`);
}

function parseAlone(text: string): void {
  parseDocument(text, { lineCounter: new LineCounter() });
}

function timeOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

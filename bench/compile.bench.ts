import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createCompileCache } from "@headwater/workflow";
import { expectClean, parseAlone, timeOf, treeOf } from "./compile-measured.js";
import { generatedWorkflow, shortLinedWorkflow } from "./generated-workflow.js";
import { tableOf, timeInTurns } from "./median.js";
import { startPeer } from "./peer.js";

// From text to definitions and findings. The floor is what parsing the same text with the `yaml` library costs in the
// same run; budgets: one file at most 1.3 times that and linear, 10,000 files cold in 8 s and 300 MB, ten times the speed
// of GitHub's own parser.

// The last is as near to the limit of 256 KiB for one file as whole steps come.
const LINES = [100, 1000, 5000, 10_000];
/** Lines of 7 to 9 bytes, of which 20,000 are within the limits of 256 KiB and 1,000 steps. */
const SHORT_LINES = [1000, 5000, 20_000];
const PEER_LINES = 1000;
/**
 * Lines of one sample, whatever the size of the file, as far as files divide them: so each has its share of collecting garbage, which a
 * short sample mostly escapes, and a clock that is read for every millisecond costs a tenth of it.
 */
const SAMPLE_LINES = 20_000;
const ROUNDS = 15;
/** Lines that each contestant has read before it is measured, so that the engine has compiled its code. */
const WARM_LINES = 200_000;

await compileEach("One file, changed, in a process that is warm", LINES, generatedWorkflow);
await compileEach("The same with short lines", SHORT_LINES, shortLinedWorkflow);
await compileBesidePeer();

console.log("\n### Many files of 60 lines in 500 folders, in a process of their own\n");
console.log(
  "| files | `yaml` alone CPU s | cold CPU s | ratio | cold s | nothing changed CPU ms (ms) | one file changed CPU ms (ms) | memory MB |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const files of [1000, 10_000]) {
  const many = join(import.meta.dirname, "compile-many.js");
  // The second flag is what the command line sets, see cli/frugal-heap.ts.
  const flags = ["--expose-gc", "--heap-growing-percent=45"];
  process.stdout.write(execFileSync(process.execPath, [...flags, many, String(files)]));
}

/** The sizes take turns, too: time a line is compared between them. */
async function compileEach(
  title: string,
  sizes: readonly number[],
  generate: (id: string, lines: number) => string,
): Promise<void> {
  const files = sizes.map((size) => fileOf(generate("one", size)));
  for (const file of files) warm(file);
  const timings = await timeInTurns<string>(
    ROUNDS,
    Object.fromEntries(
      files.flatMap(({ lines, parse, compile, times }) => [
        [`yaml ${lines}`, async () => cpuMsOf(parse, times)],
        [`Headwater ${lines}`, async () => cpuMsOf(compile, times)],
      ]),
    ),
  );
  console.log(`\n### ${title}\n`);
  console.log("| lines | KiB | `yaml` alone CPU ms | Headwater CPU ms | ratio | µs a line |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const { lines, text } of files) {
    const yaml = timings[`yaml ${lines}`]?.median ?? NaN;
    const own = timings[`Headwater ${lines}`]?.median ?? NaN;
    const cells = [
      lines,
      Math.round(text.length / 1024),
      yaml.toFixed(2),
      own.toFixed(2),
      (own / yaml).toFixed(2),
      ((own * 1000) / lines).toFixed(1),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

interface MeasuredFile {
  readonly text: string;
  readonly lines: number;
  readonly parse: () => void;
  readonly compile: () => void;
  /** How often a sample takes it. */
  readonly times: number;
}

function fileOf(text: string): MeasuredFile {
  const lines = text.split("\n").length - 1;
  const times = Math.max(1, Math.round(SAMPLE_LINES / lines));
  return { text, lines, parse: () => parseAlone(text), compile: compiler(text), times };
}

function warm({ lines, parse, compile }: MeasuredFile): void {
  for (let read = 0; read < WARM_LINES; read += lines) {
    parse();
    compile();
  }
}

/** Milliseconds of CPU that the work takes once, of so many times without a pause. */
function cpuMsOf(work: () => void, times: number): number {
  const { cpuMs } = timeOf(() => {
    for (let time = 0; time < times; time += 1) work();
  });
  return cpuMs / times;
}

/** Compiles the same text as often as it is called, each time as a file that has changed. */
function compiler(text: string): () => void {
  const bytes = new TextEncoder().encode(text);
  const cache = createCompileCache();
  let edition = 0;
  return () => {
    edition += 1;
    expectClean(treeOf(new Map([["one.workflow.yaml", bytes]]), edition), cache);
  };
}

async function compileBesidePeer(): Promise<void> {
  const peer = await startPeer("actions");
  console.log(`\n### ${PEER_LINES} lines, beside GitHub's parser of its own workflows\n`);
  if (peer === null) {
    console.log("(no peer: `npm ci` in bench/peers)");
    return;
  }
  const compile = compiler(generatedWorkflow("one", PEER_LINES));
  const timings = await timeInTurns(150, {
    Headwater: async () => compile(),
    "@actions/workflow-parser": () => peer.round(`parse ${PEER_LINES}`),
  });
  console.log(tableOf(timings, "Headwater"));
  await peer.stop();
}

import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { createLanguageService, describeFile, type LanguageService } from "@headwater/language-server";
import { parseDocument } from "yaml";
import { EditorProcess } from "./editor-process.js";
import { generatedWorkflow } from "./generated-workflow.js";
import { editorPeers, type EditorContestant } from "./editor-peers.js";

// What an author waits for: findings after an edit, completion and hover right after a key, the first findings. Budgets: an edit costs no
// more CPU than one whole-file parse of the `yaml` library in the same run; completion and hover right after a key p95 under 10 ms
// at 1,000 lines, 25 ms at 5,000; cold start to first findings under 400 ms at 1,000 lines.

const LINES = [100, 1000, 5000];
const ROUNDS = 200;
const WARM_ROUNDS = 20;
const COLD_ROUNDS = 8;
const NOW = Date.UTC(2026, 10, 26);
const URI = "file:///bench/one.workflow.yaml";
const SERVER = join(import.meta.dirname, "../../language-server/bin/headwater-language-server.js");
/** What the bin starts from where only the compiler ran. */
const MODULES = join(import.meta.dirname, "../../language-server/dist/node.js");

const OURS: EditorContestant = {
  name: "Headwater",
  rounds: 50,
  start: () => new EditorProcess(SERVER),
  languageId: "headwater",
  uri: URI,
  text: (lines) => generatedWorkflow("one", lines),
  stray: (round) => `    stray_${round}: 1\n`,
  before: "    name: Step number",
};

/** An editor that asks for findings, where all others are sent them. */
const ASKED: EditorContestant = {
  ...OURS,
  name: "Headwater, asked for its findings",
  start: () => new EditorProcess(SERVER, {}, true),
};

console.log(
  `One editor, and one document open in it. All but a row that says so are of an editor that is sent findings; waits of 80 ms after an edit are in wall, not in CPU. Load at the beginning: ${shownLoad()}.\n`,
);
console.log("### Within one process: an edit in the middle, and what is asked right after it\n");
console.log(
  "| lines | whole-file `yaml` parse, CPU ms, median | edit → findings, CPU ms, median (p95) | ratio | its longest piece ms, median (p95) | completion ms, median (p95) | hover ms, median (p95) | completion behind the extension's question, CPU ms, median (p95) |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const lines of LINES) measureEdits(lines);
// In the first edits of a process most of our code, which is many times what parses YAML, is interpreted; an author's process runs all day.
measureEdits(100, "100, once more");

console.log("\n### Over stdio: start of the process → first findings, CPU ms and wall ms\n");
console.log(
  "| lines | `node -e 0`, wall, median | from one file, CPU, median | wall, median (p95) | from modules, CPU, median | wall, median (p95) |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const lines of LINES) await measureColdStart(lines);

await measurePeers();
console.log(`\nLoad at the end: ${shownLoad()}.`);

/** Of the machine, of the last minute. */
function shownLoad(): string {
  return (loadavg()[0] ?? Number.NaN).toFixed(1);
}

function measureEdits(lines: number, name = String(lines)): void {
  const text = generatedWorkflow("one", lines);
  const service = serviceWith(text);
  const parse: number[] = [];
  const findings: number[] = [];
  const completion: number[] = [];
  const hover: number[] = [];
  const behind: number[] = [];
  const pieces: number[] = [];
  for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
    const parsed = cpuMsOf(() => parseDocument(text));
    const offset = editAt(service, round);
    const asked = service.workspace.files.document(URI)?.positionAt(offset) ?? { line: 0, character: 0 };
    const abilities = { hasSnippets: true, keepsIndent: true };
    const completed = msOf(() => service.completions(URI, asked, abilities));
    const hovered = msOf(() => service.hover(URI, asked, NOW));
    const described = cpuMsOf(() => {
      const file = service.workspace.find(URI);
      if (file !== null) describeFile(file);
      service.completions(URI, asked, abilities);
    });
    let longest = 0;
    const found = cpuMsOf(() => {
      longest = longestMsOf(service.check());
      service.diagnosticsOf(URI);
    });
    // As the server does when nobody has written for a moment; not what an author waits for.
    Array.from(service.settle());
    if (round < 0) continue;
    parse.push(parsed);
    findings.push(found);
    pieces.push(longest);
    completion.push(completed);
    hover.push(hovered);
    behind.push(described);
  }
  const ratio = (at(findings, 0.5) / at(parse, 0.5)).toFixed(2);
  console.log(
    `| ${name} | ${at(parse, 0.5).toFixed(1)} | ${shown(findings)} | ${ratio} | ${shown(pieces)} | ${shown(completion)} | ${shown(hover)} | ${shown(behind)} |`,
  );
}

/** Writes a number into an expression in the middle of the file; answers the offset behind a name near it. */
function editAt(service: LanguageService, round: number): number {
  const document = service.workspace.files.document(URI);
  if (document === undefined) return 0;
  const text = document.getText();
  const start = text.indexOf("outputs.rows > ", text.length >> 1) + "outputs.rows > ".length;
  const end = text.indexOf("\n", start);
  const range = { start: document.positionAt(start), end: document.positionAt(end) };
  service.workspace.change(URI, round + 100, [{ range, text: String(Math.abs(round)) }]);
  return start - " > ".length;
}

function serviceWith(text: string): LanguageService {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const service = createLanguageService({
    encoding: { encode: (written) => encoder.encode(written), decode: (bytes) => decoder.decode(bytes) },
    docs: null,
    now: () => Date.UTC(2026, 0, 5),
  });
  service.workspace.open(URI, 1, text);
  return service;
}

async function measureColdStart(lines: number): Promise<void> {
  const text = generatedWorkflow("one", lines).replace("steps:", "stray: 1\nsteps:");
  const bundled: ColdStart[] = [];
  const modules: ColdStart[] = [];
  const bare: number[] = [];
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    bundled.push(await startCold(SERVER, text));
    modules.push(await startCold(MODULES, text));
    bare.push(msOf(() => execFileSync(process.execPath, ["-e", "0"])));
  }
  console.log(
    `| ${lines} | ${at(bare, 0.5).toFixed(0)} | ${shownStarts(bundled)} | ${shownStarts(modules)} |`,
  );
}

interface ColdStart {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function startCold(script: string, text: string): Promise<ColdStart> {
  const startedAt = performance.now();
  const editor = new EditorProcess(script);
  await editor.open(URI, "headwater", text);
  await editor.findings("stray", true);
  const start = { cpuMs: editor.cpuMs(), wallMs: performance.now() - startedAt };
  await editor.stop();
  return start;
}

function shownStarts(starts: readonly ColdStart[]): string {
  const wall = starts.map(({ wallMs }) => wallMs);
  const cpu = starts.map(({ cpuMs }) => cpuMs);
  return `${at(cpu, 0.5).toFixed(0)} | ${at(wall, 0.5).toFixed(0)} (${at(wall, 0.95).toFixed(0)})`;
}

/** Each by the same client over stdio; what counts is the server's own CPU, its start and what it does later left out. */
async function measurePeers(): Promise<void> {
  console.log(
    "\n### Over stdio, beside others, at 1,000 lines: a wrong key in the middle comes and goes → findings\n",
  );
  console.log("| | edits | CPU ms, median (p95) | wall ms, median (p95) |");
  console.log("| --- | --- | --- | --- |");
  for (const contestant of [OURS, ASKED, ...editorPeers()]) await measureContestant(contestant);
}

async function measureContestant({ name, rounds, ...peer }: EditorContestant): Promise<void> {
  const editor = peer.start();
  const text = peer.text(1000);
  const line = text.indexOf(peer.before, text.length >> 1);
  const cpu: number[] = [];
  const wall: number[] = [];
  await editor.open(peer.uri, peer.languageId, text.slice(0, line) + peer.stray(0) + text.slice(line));
  await editor.findings("stray", true);
  for (let round = 1; round <= rounds; round += 1) {
    const cpuBefore = editor.cpuMs();
    const startedAt = performance.now();
    await editor.replace(round % 2 === 1 ? text : text.slice(0, line) + peer.stray(round) + text.slice(line));
    await editor.findings("stray", round % 2 === 0);
    wall.push(performance.now() - startedAt);
    cpu.push(editor.cpuMs() - cpuBefore);
  }
  await editor.stop();
  console.log(`| ${name} | ${rounds} | ${shown(cpu)} | ${shown(wall)} |`);
}

function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Of a work in steps the step for which others would wait the longest. */
function longestMsOf(work: Generator): number {
  for (let longest = 0; ;) {
    const startedAt = performance.now();
    const { done } = work.next();
    longest = Math.max(longest, performance.now() - startedAt);
    if (done === true) return longest;
  }
}

function msOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function shown(times: readonly number[]): string {
  return `${at(times, 0.5).toFixed(1)} (${at(times, 0.95).toFixed(1)})`;
}

function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

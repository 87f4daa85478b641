import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { openChromium } from "#test/browser/real-chromium.js";
import {
  activateInNode,
  activateInWorkbench,
  installedEditions,
  type Activation,
} from "./editor-activation.js";
import {
  measureTyping,
  measureWorkspace,
  type Message,
  type Port,
  type SessionWorld,
  type TypingFigures,
  type WorkspaceFigures,
} from "./editor-session.js";
import { generatedWorkflow } from "./generated-workflow.js";

// The language server of the extension, as it starts it: a process of Node.js, and a Web Worker in a real Chromium, with one editor that is
// the same code beside both. Budgets: first findings of 1,000 lines after 400 ms; twenty keys settled within 150 ms of the last; 2,000 files
// checked within 5 s and 250 MB, no answer delayed by more than 30 ms; in the worker at most twice these.

const ROOT = join(import.meta.dirname, "..", "..");
const SERVER = join(ROOT, "extension", "out", "language-server.js");
/** All of them have a finding: an output that nobody uses. */
const WORKFLOWS = 2000;
/** One file of so many has a mistake. */
const EVERY = 10;
/** VS Code and most others are sent findings; an editor may ask for them instead, as the client library of VS Code does where a server has it so. */
const EDITORS = [false, true];
const COLD_ROUNDS = 5;
const ACTIVATIONS = 5;
/** Ticks of the kernel's clock in a second: the same on every Linux. */
const TICKS = 100;

execFileSync(process.execPath, [join(ROOT, "scripts", "bundle.mjs")]);
console.log(`Load of the machine at the beginning, of the last minute: ${loadavg()[0]?.toFixed(1)}.\n`);
await tellActivations();
const typed = generatedWorkflow("one", 1000).replace("labels:", "stray: 1\nlabels:");
const page = await openPage();

console.log(
  "### One document of 1,000 lines: first findings, and twenty keys 60 ms apart with a completion after each, ms\n",
);
console.log("| | start → first findings | last key → settled, median (most) | completion, median (p95) |");
console.log("| --- | --- | --- | --- |");
for (const pulls of EDITORS) {
  tellTyping(`process of Node.js, ${told(pulls)}`, await inTurn(() => typeInProcess(pulls)));
  if (page !== null) tellTyping(`Web Worker, ${told(pulls)}`, await inTurn(() => page.type(pulls)));
}

console.log(`\n### A workspace of ${WORKFLOWS} workflows of 50 lines, and a hover asked all the while, ms\n`);
console.log(
  "| | all checked | hover meanwhile, median (p95, most) | when idle, median (p95, most) | its CPU | peak MB |",
);
console.log("| --- | --- | --- | --- | --- | --- |");
for (const pulls of EDITORS) {
  tellWorkspace(`process of Node.js, ${told(pulls)}`, ...(await checkInProcess(pulls)));
  if (page !== null) tellWorkspace(`Web Worker, ${told(pulls)}`, await page.check(pulls), null);
}
await page?.close();
console.log(`\nLoad at the end: ${loadavg()[0]?.toFixed(1)}.`);

function told(pulls: boolean): string {
  return pulls ? "findings asked for" : "findings sent";
}

/** Budget: 100 ms. */
async function tellActivations(): Promise<void> {
  console.log("### The extension is loaded and activated, ms, median (most)\n");
  console.log("| | wall | CPU |");
  console.log("| --- | --- | --- |");
  const inNode = Array.from({ length: ACTIVATIONS }, () =>
    activateInNode(join(ROOT, "extension", "out", "node.js")),
  );
  tellActivation("`main`, in Node.js before a stand-in of VS Code", inNode);
  const browser = await openChromium();
  if (typeof browser === "string") return;
  for (const edition of installedEditions()) {
    const rounds: Activation[] = [];
    for (let round = 0; round < ACTIVATIONS; round += 1)
      rounds.push(await activateInWorkbench(browser, edition));
    tellActivation(`\`browser\`, in VS Code ${edition}`, rounds);
  }
  await browser.close();
  console.log("");
}

function tellActivation(name: string, rounds: readonly Activation[]): void {
  const wall = rounds.map(({ wallMs }) => wallMs);
  const cpu = rounds.flatMap(({ cpuMs }) => cpuMs ?? []);
  const told = (times: readonly number[]): string => `${at(times, 0.5)} (${at(times, 1)})`;
  console.log(`| ${name} | ${told(wall)} | ${cpu.length === 0 ? "not measured" : told(cpu)} |`);
}

async function inTurn(measure: () => Promise<TypingFigures>): Promise<readonly TypingFigures[]> {
  const rounds: TypingFigures[] = [];
  for (let round = 0; round < COLD_ROUNDS; round += 1) rounds.push(await measure());
  return rounds;
}

function typingWorld(pulls: boolean): SessionWorld {
  const uri = "memory:/one.workflow.yaml";
  return { folder: null, files: {}, uri, text: typed, startedAt: performance.now(), pulls };
}

/** Workflows that call each other in one long row; of each ten one needs a step that there is not. */
function workspaceTexts(): Readonly<Record<string, string>> {
  const texts = Array.from({ length: WORKFLOWS - 1 }, (_, index) => {
    const need = index % EVERY === 0 ? "lost" : "s0";
    const text = `${generatedWorkflow(`w${index}`, 50)}  next:\n    needs: [${need}]\n    workflow: w${index + 1}\n`;
    return [`w${index}.workflow.yaml`, text] as const;
  });
  const last = [`w${WORKFLOWS - 1}.workflow.yaml`, generatedWorkflow(`w${WORKFLOWS - 1}`, 50)] as const;
  return Object.fromEntries([...texts, last, ["load.py", "pass\n"], ["headwater.yaml", "project: bench\n"]]);
}

function workspaceWorld(
  folder: string,
  files: Readonly<Record<string, string>>,
  pulls: boolean,
): SessionWorld {
  const name = "w0.workflow.yaml";
  const text = files[`${folder}/${name}`] ?? workspaceTexts()[name] ?? "";
  return { folder, files, uri: `${folder}/${name}`, text, startedAt: performance.now(), pulls };
}

/** Of a server in a process: CPU until all was checked, and memory. */
interface ProcessCost {
  readonly cpuMs: number;
  readonly peakMb: number;
}

function startProcess(): {
  readonly port: Port;
  readonly cost: () => ProcessCost;
  readonly stop: () => void;
} {
  const server = fork(SERVER, ["--node-ipc"], { execArgv: [] });
  return {
    port: {
      send: (message) => void server.send(message),
      listen: (call) => void server.on("message", (message) => call(message as Message)),
    },
    cost() {
      const status = readFileSync(`/proc/${server.pid ?? 0}/status`, "utf8");
      const stat = readFileSync(`/proc/${server.pid ?? 0}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return {
        cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS,
        peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024,
      };
    },
    stop: () => void server.kill(),
  };
}

async function typeInProcess(pulls: boolean): Promise<TypingFigures> {
  const world = typingWorld(pulls);
  const { port, stop } = startProcess();
  const figures = await measureTyping(port, world);
  stop();
  return figures;
}

async function checkInProcess(pulls: boolean): Promise<readonly [WorkspaceFigures, ProcessCost]> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-bench-"));
  for (const [path, text] of Object.entries(workspaceTexts())) writeFileSync(join(folder, path), text);
  const world = workspaceWorld(pathToFileURL(folder).href, {}, pulls);
  const { port, cost, stop } = startProcess();
  const figures = await measureWorkspace(port, world, WORKFLOWS);
  const costs = cost();
  stop();
  rmSync(folder, { recursive: true });
  return [figures, costs];
}

interface MeasuringPage {
  readonly type: (pulls: boolean) => Promise<TypingFigures>;
  readonly check: (pulls: boolean) => Promise<WorkspaceFigures>;
  readonly close: () => Promise<void>;
}

/** A page with the editor in it, which starts the worker; null where there is no browser. */
async function openPage(): Promise<MeasuringPage | null> {
  const browser = await openChromium();
  if (typeof browser === "string") {
    console.log(`No figures of a worker: ${browser}.\n`);
    return null;
  }
  const session = join(import.meta.dirname, "editor-session.js");
  const options = { bundle: true, write: false, format: "iife", globalName: "session" } as const;
  const editor = await build({ ...options, entryPoints: [session] });
  const files: Readonly<Record<string, string>> = {
    "/": "<!doctype html><script src=editor.js></script>",
    "/editor.js": editor.outputFiles[0]?.text ?? "",
    "/server.js": readFileSync(SERVER, "utf8"),
  };
  const server = createServer(({ url = "" }, response) => {
    const type = url === "/" ? "text/html" : "text/javascript";
    response.writeHead(files[url] === undefined ? 404 : 200, { "content-type": type }).end(files[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const opened = await browser.newPage();
  await opened.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const inWorker = <Figures>(call: string, world: SessionWorld): Promise<Figures> =>
    opened.evaluate(`(async () => {
      const world = { ...${JSON.stringify(world)}, startedAt: performance.now() };
      const worker = new Worker("server.js");
      const port = {
        send: (message) => worker.postMessage(message),
        listen: (call) => worker.addEventListener("message", ({ data }) => call(data)),
      };
      const figures = await session.${call};
      worker.terminate();
      return figures;
    })()`);
  const memory = Object.entries(workspaceTexts()).map(
    ([path, text]) => [`memory:/bench/${path}`, text] as const,
  );
  return {
    type: (pulls) => inWorker("measureTyping(port, world)", typingWorld(pulls)),
    check: (pulls) =>
      inWorker(
        `measureWorkspace(port, world, ${WORKFLOWS})`,
        workspaceWorld("memory:/bench", Object.fromEntries(memory), pulls),
      ),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

function tellTyping(name: string, rounds: readonly TypingFigures[]): void {
  const cold = rounds.map(({ coldMs }) => coldMs);
  const settled = rounds.flatMap(({ settledMs }) => settledMs);
  const completion = rounds.flatMap(({ completionMs }) => completionMs);
  console.log(
    `| ${name} | ${at(cold, 0.5)} (${at(cold, 1)}) | ${at(settled, 0.5)} (${at(settled, 1)}) | ${at(completion, 0.5)} (${at(completion, 0.95)}) |`,
  );
}

function tellWorkspace(
  name: string,
  { checkedMs, busyMs, idleMs }: WorkspaceFigures,
  cost: ProcessCost | null,
): void {
  const shown = (times: readonly number[]): string =>
    `${at(times, 0.5)} (${at(times, 0.95)}, ${at(times, 1)}) of ${times.length}`;
  console.log(
    `| ${name} | ${checkedMs.toFixed(0)} | ${shown(busyMs)} | ${shown(idleMs)} | ${cost?.cpuMs ?? "not measured"} | ${cost?.peakMb.toFixed(0) ?? "not measured"} |`,
  );
}

function at(times: readonly number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

import { createCompileCache } from "@headwater/workflow";
import { expectClean, parseAlone, timeOf, treeOf } from "./compile-measured.js";
import { generatedWorkflow } from "./generated-workflow.js";

// One line of a table, about so many files as the argument says. A process of its own, since the memory is that of its whole life.

const FOLDERS = 500;
const FILE_LINES = 60;

const count = Number(process.argv[2]);
const files = new Map<string, Uint8Array>();
for (let file = 0; file < count; file += 1) {
  const text = generatedWorkflow(`wf-${file}`, FILE_LINES);
  files.set(`folder-${file % FOLDERS}/wf-${file}.workflow.yaml`, new TextEncoder().encode(text));
}
const cache = createCompileCache();
globalThis.gc?.();
const cold = timeOf(() => expectClean(treeOf(files, 0), cache));
const unchanged = timeOf(() => expectClean(treeOf(files, 0), cache));
const changed = new TextEncoder().encode(generatedWorkflow("wf-1", FILE_LINES + 10));
files.set("folder-1/wf-1.workflow.yaml", changed);
const oneChanged = timeOf(() => expectClean(treeOf(files, 0), cache));
const memoryMb = process.resourceUsage().maxRSS / 1024;
const yaml = timeOf(() => {
  for (const bytes of files.values()) parseAlone(new TextDecoder().decode(bytes));
});
const cells = [
  count,
  (yaml.cpuMs / 1000).toFixed(2),
  (cold.cpuMs / 1000).toFixed(2),
  (cold.cpuMs / yaml.cpuMs).toFixed(2),
  (cold.wallMs / 1000).toFixed(2),
  inBoth(unchanged),
  inBoth(oneChanged),
  memoryMb.toFixed(0),
];
console.log(`| ${cells.join(" | ")} |`);

/** Milliseconds of CPU, and of the clock, which other work on the machine makes longer. */
function inBoth({ cpuMs, wallMs }: ReturnType<typeof timeOf>): string {
  return `${cpuMs.toFixed(0)} (${wallMs.toFixed(0)})`;
}

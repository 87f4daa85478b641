import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestTools, runTestCase } from "@headwater/engine";
import { compileProject, createEvaluator } from "@headwater/workflow";
import { treeOf } from "./compile-measured.js";
import { tableOf, timeInTurns } from "./median.js";

// What is done while a run is decided, and what authors wait for. Budgets: 100,000 evaluations of a typical `if` under 0.5 s,
// 1,000 workflow tests under 1 s.

const EVALUATIONS = 100_000;
const TESTS = 1000;
const CONDITION = 'steps.extract.outputs.rows > 0 && params.mode in ["full", "delta"]';

const evaluator = createEvaluator();
const scope = {
  params: { mode: "full" },
  steps: { extract: { status: "succeeded", outputs: { rows: 5n } } },
};
console.log(`### ${EVALUATIONS} evaluations of \`${CONDITION}\`\n`);
await measure(9, () => {
  for (let count = 0; count < EVALUATIONS; count += 1) {
    const evaluated = evaluator.condition(CONDITION, scope);
    if (!evaluated.ok || !evaluated.value) console.error("The condition does not hold");
  }
});

const example = exampleProject();
const tools = createTestTools();
const cases = example.tests.flatMap(({ workflow, tests }) => {
  const tested = example.workflows.find(({ id }) => id === workflow);
  return tested === undefined ? [] : tests.map((test) => ({ tested, test }));
});
console.log(`\n### ${TESTS} workflow tests: the ${cases.length} of workflows-example again and again\n`);
await measure(9, () => {
  for (let count = 0; count < TESTS; count += 1) {
    const next = cases[count % cases.length];
    const failures =
      next === undefined ? ["There are no tests"] : runTestCase(next.tested, next.test, tools).failures;
    for (const failure of failures) console.error(failure);
  }
});

async function measure(rounds: number, work: () => void): Promise<void> {
  console.log(tableOf(await timeInTurns(rounds, { Headwater: async () => work() }), "Headwater"));
}

function exampleProject(): ReturnType<typeof compileProject> {
  const folder = join(import.meta.dirname, "..", "..", "workflows-example");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return compileProject(
    treeOf(new Map(files.map((file) => [file.slice(folder.length + 1), readFileSync(file)])), 0),
  );
}

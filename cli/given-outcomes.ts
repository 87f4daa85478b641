import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import {
  checkValue,
  type GivenOutcome,
  nearestName,
  parseWorkflowTests,
  type StepDefinition,
  type WorkflowDefinition,
} from "@headwater/workflow";
import { UsageError } from "./usage-error.js";

type Given = Readonly<Record<string, readonly GivenOutcome[]>>;

/** `fails:error after:5m`: keys and values without white space, as one types them. */
const SHORT_FORM = /^[a-z_]+:\S+(?: [a-z_]+:\S+)*$/;

/**
 * What steps do in a simulation, from words such as `load=fails:error`, `extract={ outputs: { rows: 5 } }`, or the name of a file that
 * holds what stands under `given` in a workflow test. Of one step the last counts. @throws UsageError
 */
export function readGiven(words: readonly string[], definition: WorkflowDefinition, cwd: string): Given {
  const given: Record<string, readonly GivenOutcome[]> = {};
  for (const word of words) Object.assign(given, parseGiven(word, linesOf(word, cwd)));
  for (const [path, outcomes] of Object.entries(given)) checkGiven(path, outcomes, definition);
  return given;
}

function linesOf(word: string, cwd: string): readonly string[] {
  const [, step, outcome = ""] = /^([a-z][a-z0-9_.]*)=(.*)$/s.exec(word) ?? [];
  if (step === undefined) return readLines(word, cwd);
  const value = SHORT_FORM.test(outcome)
    ? `{ ${outcome
        .split(" ")
        .map((pair) => pair.replace(":", ": "))
        .join(", ")} }`
    : outcome;
  return [`${step}: ${value}`];
}

function readLines(file: string, cwd: string): readonly string[] {
  const path = resolve(cwd, file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    return readFileSync(path, "utf8").split(/\r?\n/);
  }
  throw new UsageError(
    `Cannot read --given "${file}": it is neither a file nor an outcome such as "load=fails:error"`,
  );
}

/** A workflow test says it in the same way, so it is read as a part of one. */
function parseGiven(word: string, lines: readonly string[]): Given {
  const indented = lines.map((line) => (line === "" ? "" : `      ${line}`));
  const text = ["workflow: simulated", "tests:", "  simulated:", "    given:", ...indented, ""].join("\n");
  const { tests, diagnostics } = parseWorkflowTests(word, new TextEncoder().encode(text));
  const [problem] = diagnostics;
  if (problem !== undefined) throw new UsageError(`Cannot read --given "${word}": ${problem.message}`);
  return tests?.tests[0]?.given ?? {};
}

/** Steps of other workflows, behind a step that runs one, are not looked for. */
function checkGiven(
  path: string,
  outcomes: readonly GivenOutcome[],
  { id, steps }: WorkflowDefinition,
): void {
  const known = stepsByPath(steps, "");
  const step = known.get(path);
  if (step !== undefined) {
    const why = withoutOutcome(path, step);
    if (why !== null) throw new UsageError(`Cannot give an outcome of step "${path}": ${why}`);
    for (const { outputs } of outcomes) checkOutputs(path, outputs, step);
    return;
  }
  if ([...known].some(([outer, { kind }]) => kind === "workflow" && path.startsWith(`${outer}.`))) return;
  const what = `Cannot give an outcome of step "${path}": workflow "${id}" has no such step`;
  // Who names a step of a loop by its id alone means that one.
  const inner = [...known.keys()].find((name) => name.endsWith(`.${path}`));
  throw new UsageError(what + (inner === undefined ? hint(path, known.keys()) : meant(inner)));
}

/** Why nothing that is given makes a step end otherwise; null for all others. */
function withoutOutcome(path: string, step: StepDefinition): string | null {
  if (step.kind === "sleep") return "a sleep takes its own time and always succeeds";
  if (!("steps" in step)) return null;
  const [inner] = step.steps;
  const example = inner === undefined ? "" : `, as in "${path}.${inner.id}"`;
  return `a loop becomes what its steps do, so give outcomes to them${example}`;
}

function checkOutputs(path: string, outputs: GivenOutcome["outputs"], step: StepDefinition): void {
  for (const [name, value] of Object.entries(outputs)) {
    const type = step.outputs[name];
    const what = `Cannot give output "${name}" of step "${path}"`;
    if (type === undefined) {
      throw new UsageError(`${what}: it declares no such output${hint(name, Object.keys(step.outputs))}`);
    }
    const problem = checkValue(value, type);
    if (problem !== null) throw new UsageError(`${what}: it ${problem}`);
  }
}

function hint(name: string, known: Iterable<string>): string {
  const near = nearestName(name, [...known]);
  return near === null ? "" : meant(near);
}

function meant(name: string): string {
  return `; did you mean "${name}"?`;
}

function stepsByPath(steps: readonly StepDefinition[], outer: string): ReadonlyMap<string, StepDefinition> {
  return new Map(
    steps.flatMap((step) => {
      const path = `${outer}${step.id}`;
      return [[path, step] as const, ...("steps" in step ? stepsByPath(step.steps, `${path}.`) : [])];
    }),
  );
}

import {
  assumedOutputs,
  resolveParams,
  simulateInSteps,
  wantedSignal,
  type SimulationResult,
} from "@headwater/engine";
import {
  checkValue,
  filesBehind,
  formatDuration,
  formatTimestamp,
  formatValueType,
  type CompiledWorkflow,
  type GivenOutcome,
  type Json,
  type StepDefinition,
} from "@headwater/workflow";
import type { ProjectFile } from "../workspace.js";
import { isBroken } from "./broken-files.js";
import { CUT_OFF, EVENTS_MAX } from "./events-max.js";
import { askedParams, type AskedParam } from "./describe-file.js";

/** What somebody may say before a run is simulated. */
export interface SimulationForm {
  readonly workflow: string;
  readonly params: readonly AskedParam[];
  /** Those whose outcome can be given, by dotted path; loops and sleeps become what they hold. */
  readonly steps: readonly { readonly path: string; readonly outputs: readonly AskedParam[] }[];
}

/** What they said; of a step that is not named, each attempt succeeds. */
export interface AskedSimulation {
  readonly params: Readonly<Record<string, Json>>;
  readonly given: Readonly<
    Record<
      string,
      { readonly fails: GivenOutcome["fails"]; readonly outputs: Readonly<Record<string, Json>> }
    >
  >;
  /** Epoch milliseconds. */
  readonly startAt: number;
}

/** The run as a text for people, or why there is none. */
export type Simulated =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

const LINES_MAX = 500;

/** What can be asked before a run of the file's workflow is simulated; null where there is no workflow. */
export function simulationForm(file: ProjectFile): SimulationForm | null {
  const workflow = workflowOf(file);
  if (workflow === undefined) return null;
  const { id, definition } = workflow;
  const steps = leavesOf(definition.steps, "").map(({ path, step }) => ({
    path,
    outputs: Object.entries(step.outputs).map(([name, type]) => ({
      name,
      type: formatValueType(type),
      isRequired: false,
      default: null,
      options: null,
      description: `Output of ${path}`,
    })),
  }));
  return { workflow: id, params: askedParams(definition.params), steps };
}

/**
 * Simulates one run of the file's workflow, as the file is when the work begins: the engine itself on a virtual clock. Nothing is executed.
 * @yields nothing, after some events
 */
export function* simulateRun(file: ProjectFile, asked: AskedSimulation): Generator<undefined, Simulated> {
  const workflow = workflowOf(file);
  if (workflow === undefined) return { ok: false, problem: "There is no workflow in this file" };
  const { definition } = workflow;
  const { startAt } = asked;
  const run = { trigger: "manual", environment: "simulation" } as const;
  const facts = { id: "simulated", scheduledAt: startAt, createdAt: startAt, commit: "", ...run };
  const resolved = resolveParams(definition, asked.params, facts);
  const problems = [
    ...brokenFiles(file, workflow),
    ...(resolved.ok ? [] : resolved.problems.map(({ param, message }) => `Param "${param}" ${message}`)),
    ...problemsOfGiven(workflow, asked.given),
  ];
  if (!resolved.ok || problems.length > 0) return { ok: false, problem: problems.join("; ") };
  const given = Object.fromEntries(
    Object.entries(asked.given).map(([path, { fails, outputs }]) => [path, [outcome(fails, outputs)]]),
  );
  const compiled = file.project.compile().workflows;
  const workflows = (id: string): CompiledWorkflow["definition"] | null =>
    compiled.find((each) => each.id === id)?.definition ?? null;
  const { params } = resolved;
  const options = { definition, params, given, workflows, startAt, run, eventsMax: EVENTS_MAX };
  const result = yield* simulateInSteps(options);
  const wanted = wantedSignal(definition, { signal: null, signals: null }, result);
  const notes = [
    ...(result.isCutOff ? [`${CUT_OFF}: headwater simulate plays it to its end`] : []),
    ...assumedOutputs(result.steps, given).map(
      ({ step, outputs }) => `${step} was taken to give ${JSON.stringify(outputs)}, which nobody said`,
    ),
    ...(wanted === null
      ? []
      : [
          "The steps read what a signal carried: say it in a workflow test, or with headwater simulate --signal",
        ]),
  ];
  return { ok: true, text: renderSimulation(workflow.id, result, { asked, notes }) };
}

function workflowOf({ project, path }: ProjectFile): CompiledWorkflow | undefined {
  return project.compile().workflows.find((each) => each.path === path);
}

/** What does not compile cannot be simulated: what came out would mean nothing. */
function brokenFiles({ project }: ProjectFile, workflow: CompiledWorkflow): readonly string[] {
  const { workflows } = project.compile();
  return [...filesBehind(workflow, (id) => workflows.find((each) => each.id === id))]
    .filter((path) => isBroken(project, path))
    .map((path) => `${path} has errors, so nothing can be simulated`);
}

function problemsOfGiven(
  { id, definition }: CompiledWorkflow,
  given: AskedSimulation["given"],
): readonly string[] {
  const known = new Map(leavesOf(definition.steps, "").map(({ path, step }) => [path, step]));
  return Object.entries(given).flatMap(([path, { outputs }]) => {
    const step = known.get(path);
    if (step === undefined) return [`Workflow "${id}" has no step "${path}" whose outcome can be given`];
    return Object.entries(outputs).flatMap(([name, value]) => {
      const type = step.outputs[name];
      const problem = type === undefined ? "is not declared" : checkValue(value, type);
      return problem === null ? [] : [`Output "${name}" of step "${path}" ${problem}`];
    });
  });
}

function leavesOf(
  steps: readonly StepDefinition[],
  outer: string,
): readonly { readonly path: string; readonly step: StepDefinition }[] {
  return steps.flatMap((step) => {
    const path = `${outer}${step.id}`;
    if ("steps" in step) return leavesOf(step.steps, `${path}.`);
    return step.kind === "sleep" ? [] : [{ path, step }];
  });
}

function outcome(fails: GivenOutcome["fails"], outputs: GivenOutcome["outputs"]): GivenOutcome {
  return {
    where: null,
    fails,
    isFinal: false,
    outputs,
    afterMs: 0,
    cached: false,
    signals: [],
    answer: null,
  };
}

/** What only a real worker shows: in a simulation one follows the other at once. */
const UNTOLD: readonly string[] = ["queued", "starting"];

function renderSimulation(
  workflow: string,
  { timeline, signals, status, tookMs, reason }: SimulationResult,
  { asked, notes }: { readonly asked: AskedSimulation; readonly notes: readonly string[] },
): string {
  const told = timeline.filter((entry) => !UNTOLD.includes(entry.status));
  const rows = told
    .slice(0, LINES_MAX)
    .map(({ at, path, attempt, ...entry }) => [
      `+${formatDuration(at - asked.startAt)}`,
      path,
      attempt > 1 ? `${entry.status} (attempt ${attempt})` : entry.status,
      entry.reason ?? "",
    ]);
  const rest = told.length - rows.length;
  const said = Object.entries(asked.given).map(([path, one]) => `given ${path} ${JSON.stringify(one)}`);
  return [
    `${workflow} from ${formatTimestamp(asked.startAt)}, simulated: nothing was executed`,
    ...(Object.keys(asked.params).length > 0 ? [`params ${JSON.stringify(asked.params)}`] : []),
    ...said,
    "",
    ...columnsOf(rows),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
    ...signals.map(({ signal, params }) => `emits ${signal} ${JSON.stringify(params)}`),
    "",
    ...notes,
    `${status} after ${formatDuration(tookMs)}${reason === null ? "" : `: ${reason}`}`,
    "",
  ].join("\n");
}

/** Each column as wide as its widest cell. */
function columnsOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((nth) => Math.max(0, ...rows.map((row) => row[nth]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, nth) => cell.padEnd(widths[nth] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

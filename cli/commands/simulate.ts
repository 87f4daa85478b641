import { type Command, InvalidArgumentError, Option } from "commander";
import {
  assumedOutputs,
  type AssumedOutputs,
  impliedTrigger,
  resolveParams,
  simulate,
  type SimulationResult,
  wantedSignal,
} from "@headwater/engine";
import {
  compileProject,
  type CompiledWorkflow,
  formatDuration,
  formatTimestamp,
  type Json,
  RUN_TRIGGERS,
} from "@headwater/workflow";
import { type Context, EXIT_FINDINGS, EXIT_OK, type FormatOption, print, withFormat } from "../context.js";
import { readGiven } from "../given-outcomes.js";
import { instant } from "../instant-argument.js";
import { parseParams } from "../params.js";
import { openProjects } from "../project-folder.js";
import { plain } from "../table.js";
import { renderTimeline } from "../timeline-text.js";
import { UsageError } from "../usage-error.js";
import { readSignals } from "../given-signals.js";
import { openWorkflow } from "../workflow-file.js";

interface SimulateOptions extends FormatOption {
  readonly param: readonly string[];
  readonly given: readonly string[];
  readonly signal: readonly string[];
  readonly trigger?: string;
  readonly environment: string;
  readonly attempt: number;
  readonly at?: number;
}

const TIMELINE_LINES_MAX = 500;

/** `headwater simulate FILE`: one run on a virtual clock, with outcomes that are given; nothing is executed. */
export function addSimulateCommand(program: Command, context: Context): void {
  withFormat(program.command("simulate").description("show one run as a timeline; nothing is executed"))
    .argument("<file>", "a workflow")
    .option("--param <name=value>", "a param, as often as needed; the value is JSON, or text", collect, [])
    .option(
      "--given <outcome>",
      "what a step does: 'load=fails:error after:5m', or a file of them",
      collect,
      [],
    )
    .option(
      "--signal <name=value>",
      "what the signal carries that starts the run, as often as needed; of joined ones 'NAME={\"param\": value}'",
      collect,
      [],
    )
    .addOption(
      new Option("--trigger <kind>", "what starts the run, as steps read it in run.trigger").choices(
        RUN_TRIGGERS,
      ),
    )
    .option("--environment <name>", "what `run.environment` is", "simulation")
    .option("--attempt <number>", "what `run.attempt` is: 2 after one restart of all steps", attempt, 1)
    .option("--at <time>", "when the run starts, such as 2026-11-01T06:00:00Z (default: now)", instant)
    .action((file: string, options: SimulateOptions) => {
      const workflow = openWorkflow(file, context);
      if (workflow === null) return;
      const startAt = options.at ?? context.io.now();
      const simulated = simulateOne(workflow, { file, options, startAt, context });
      context.exit(simulated.result.status === "succeeded" ? EXIT_OK : EXIT_FINDINGS);
      const text = (): string => renderRun(workflow, simulated, { startAt, context });
      print(context, reportOf(simulated), { format: options.format, text });
    });
}

interface Simulation {
  readonly file: string;
  readonly options: SimulateOptions;
  readonly startAt: number;
  readonly context: Context;
}

interface Simulated {
  readonly result: SimulationResult;
  /** What the run failed for want of. */
  readonly wanted: "signal" | "signals" | null;
  /** Of which nothing was given. */
  readonly assumed: readonly AssumedOutputs[];
}

function simulateOne(
  { definition }: CompiledWorkflow,
  { file, options, startAt, context }: Simulation,
): Simulated {
  const given = readGiven(options.given, definition, context.io.cwd);
  const { signal, signals } = readSignals(options.signal, definition);
  const trigger = options.trigger ?? impliedTrigger({ signal, signals });
  const run = { trigger, environment: options.environment };
  const facts = { id: "simulated", scheduledAt: startAt, createdAt: startAt, commit: "", ...run };
  const resolved = resolveParams(definition, parseParams(options.param), facts);
  if (!resolved.ok) {
    const problems = resolved.problems.map(({ param, message }) => `param "${param}" ${message}`);
    throw new UsageError(`Cannot simulate "${definition.id}": ${problems.join("; ")}`);
  }
  const { params } = resolved;
  const workflows = lookupFor(file, definition, context);
  const began = { startAt, run, attempt: options.attempt, signal, signals: signals ?? {} };
  const result = simulate({ definition, params, given, workflows, ...began });
  const wanted = wantedSignal(definition, { signal, signals }, result);
  return { result, wanted, assumed: assumedOutputs(result.steps, given) };
}

function attempt(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
}

/** The other workflows of the project are compiled only when a step runs one. */
function lookupFor(
  file: string,
  own: CompiledWorkflow["definition"],
  { io }: Context,
): (id: string) => CompiledWorkflow["definition"] | null {
  let others: ReadonlyMap<string, CompiledWorkflow> | null = null;
  return (id) => {
    if (id === own.id) return own;
    others ??= new Map(
      openProjects([file], io).flatMap(({ tree }) =>
        compileProject(tree).workflows.map((workflow) => [workflow.id, workflow] as const),
      ),
    );
    return others.get(id)?.definition ?? null;
  };
}

/** What `simulate --format json` prints; times are RFC 3339. */
function reportOf({ result, assumed }: Simulated): Json {
  const { status, reason, outputs, tookMs, steps, signals, timeline } = result;
  return {
    status,
    reason,
    outputs,
    tookMs,
    timeline: timeline.map((entry) => ({ ...entry, at: formatTimestamp(entry.at) })),
    steps: [...steps.values()].map(({ path, kind, status: ended, attempt, reason: why, outputs: given }) => ({
      path,
      kind,
      status: ended,
      attempt,
      reason: why,
      outputs: given,
    })),
    signals: signals.map(({ signal, params }) => ({ signal, params })),
    assumed: assumed.map(({ step, outputs: values }) => ({ step, outputs: values })),
  };
}

function renderRun(
  { id }: CompiledWorkflow,
  { result, wanted, assumed }: Simulated,
  { startAt, context }: { startAt: number; context: Context },
): string {
  const { style, io } = context;
  const { columns } = io.stdout;
  const why = result.reason === null ? "" : `: ${plain(result.reason)}`;
  const signals = result.signals.map(
    ({ signal, params }) => `emits ${signal} ${plain(JSON.stringify(params))}\n`,
  );
  return [
    `${style.bold(id)} from ${formatTimestamp(startAt)}, simulated\n\n`,
    renderTimeline(result, { startAt, style, columns, linesMax: TIMELINE_LINES_MAX }),
    "\n",
    ...signals,
    renderAssumed(assumed),
    wanted === null ? "" : WANTED[wanted],
    `${style.status(result.status)} after ${formatDuration(result.tookMs)}${why}\n`,
  ].join("");
}

const WANTED = {
  signal: "The steps read what the signal carried that starts the run: give it with --signal name=value\n",
  signals: "The steps read what joined signals carried: give it with --signal 'NAME={\"param\": value}'\n",
};

/** As many steps as a person looks through. */
const ASSUMED_SHOWN_MAX = 10;

/** Says what the run went by that nobody gave: a condition on such an output skips a step for no visible reason. */
function renderAssumed(assumed: readonly AssumedOutputs[]): string {
  const [first] = assumed;
  if (first === undefined) return "";
  const lines = assumed.slice(0, ASSUMED_SHOWN_MAX).map(({ step, outputs }) => {
    const values = Object.entries(outputs).map(([name, value]) => `${name}: ${plain(JSON.stringify(value))}`);
    return `  ${step}: ${values.join(", ")}\n`;
  });
  const more = assumed.length - lines.length;
  const rest = more > 0 ? `  and those of ${more} more steps\n` : "";
  const example = Object.keys(first.outputs)[0] ?? "";
  const how = `--given '${first.step}={ outputs: { ${example}: … } }'`;
  return `Outputs that were not given, so at the default of their type (give them with ${how}):\n${lines.join("")}${rest}\n`;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

import { type Command, Option } from "commander";
import {
  affectedRuns,
  compileProject,
  createCompileCache,
  planChange,
  renderPlanMarkdown,
  renderPlanText,
  type AffectedRuns,
  type CompiledProject,
  type Plan,
  type PlanContext,
  type RunInFlight,
} from "@headwater/workflow";
import { createBlobStore } from "../checkout/blob-store.js";
import { openCheckout, type Checkout } from "../checkout/checkout.js";
import {
  describeRevision,
  isLastCommit,
  namedRevision,
  startOf,
  WORKING_TREE,
  type Revision,
} from "../checkout/revision.js";
import { readRevision } from "../checkout/revision-tree.js";
import { connect, withService, type ServiceOptions } from "../connection.js";
import { type Context, EXIT_FINDINGS, EXIT_OK } from "../context.js";
import { frugalHeap } from "../frugal-heap.js";
import { instant } from "../instant-argument.js";
import type { Io } from "../io.js";
import { listRunsInFlight } from "../runs-in-flight.js";
import { listUsualDurations } from "../usual-durations.js";
import { paintPlan } from "../paint-plan.js";
import type { Style } from "../style.js";

interface PlanCommandOptions extends ServiceOptions {
  readonly from?: string;
  readonly to?: string;
  /** Epoch milliseconds. */
  readonly at?: number;
  readonly format: PlanFormat;
}

type PlanFormat = "text" | "json" | "markdown";

/** What `plan --format json` prints. */
export interface PlanReport extends Plan {
  readonly from: RevisionReport;
  readonly to: RevisionReport;
  /** Null when no service was asked. */
  readonly runsInFlight: readonly AffectedRuns[] | null;
}

interface RevisionReport {
  readonly name: string;
  /** Null for the working tree, and where nothing is committed. */
  readonly commit: string | null;
}

/** `headwater plan`: what a change changes, before it is merged. */
export function addPlanCommand(program: Command, context: Context): void {
  withService(
    program.command("plan").description("tell what a change changes; exit 1 when there are errors after it"),
  )
    .argument("[folder]", "in the project, in a clone of its repository", ".")
    .option(
      "--from <revision>",
      "before (default: where the work began: the merge base with origin's default branch, else HEAD)",
    )
    .option("--to <revision>", "after (default: the working tree)")
    .option("--at <time>", "when the switch is thought to happen (default: now)", instant)
    .addOption(
      new Option("--format <format>", "how to print").choices(["text", "json", "markdown"]).default("text"),
    )
    .action((folder: string, options: PlanCommandOptions) => planAndPrint(folder, options, context));
}

async function planAndPrint(folder: string, options: PlanCommandOptions, context: Context): Promise<void> {
  const { io } = context;
  const checkout = openCheckout(folder, io);
  const to = options.to === undefined ? WORKING_TREE : namedRevision(options.to, checkout);
  const from = options.from === undefined ? startOf(to, checkout) : namedRevision(options.from, checkout);
  noteStart(options, from, io);
  const { compile, textOf } = readBoth(from, to, checkout);
  const unasked = compile();
  noteAbsence([from, unasked.before], [to, unasked.after], io);
  const project = unasked.after.settings.project ?? unasked.before.settings.project;
  const { known, failure } = await askService(project, options, io);
  const { before, after } = known === null ? unasked : compile(known.history);
  const plan = planChange(before, after, { at: options.at ?? wholeSecond(io.now()), textOf });
  const runsInFlight = known === null ? null : affectedRuns(plan, known.runs);
  context.exit(plan.findings.errors > 0 ? EXIT_FINDINGS : EXIT_OK);
  io.stdout.write(render({ plan, from, to, runsInFlight }, options.format, context.style));
  // The plan is worth something without them, so it is printed before the command fails.
  if (failure !== null) throw failure;
}

interface BothSides {
  /** With what is known of the past; a second call costs little more than comparing contents. */
  readonly compile: (history?: ServiceKnowledge["history"]) => {
    readonly before: CompiledProject;
    readonly after: CompiledProject;
  };
  /** Of a file after the change. */
  readonly textOf: (file: string) => string | null;
}

/** One cache for both sides: what is the same is compiled once. */
function readBoth(from: Revision, to: Revision, checkout: Checkout): BothSides {
  frugalHeap();
  const blobs = createBlobStore(checkout.git);
  const cache = createCompileCache();
  const trees = { before: readRevision(from, checkout, blobs), after: readRevision(to, checkout, blobs) };
  return {
    compile: (history = new Map()) => ({
      before: compileProject(trees.before, cache, { history }),
      after: compileProject(trees.after, cache, { history }),
    }),
    textOf: (file) => {
      const bytes = trees.after.read(file);
      return bytes === undefined ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    },
  };
}

const NO_ORIGIN =
  "this clone has no origin, so the plan begins at the last commit (HEAD) and tells nothing of what was committed before; name another revision with --from";

function noteStart(options: Pick<PlanCommandOptions, "from">, from: Revision, io: Io): void {
  if (options.from === undefined && isLastCommit(from)) io.stderr.write(`note: ${NO_ORIGIN}\n`);
}

function noteAbsence(...sides: readonly [Side, Side, Io]): void {
  const [from, to, io] = sides;
  for (const [revision, { files }] of [from, to]) {
    if (files.workflows === 0) io.stderr.write(`note: ${absenceText(revision)}\n`);
  }
}

function absenceText(revision: Revision): string {
  return revision.kind === "nothing"
    ? "nothing is committed yet, so every workflow is new"
    : `there is no workflow in ${describeRevision(revision)}`;
}

type Side = readonly [Revision, CompiledProject];

/** What only a service knows of a project. */
interface ServiceKnowledge {
  readonly runs: readonly RunInFlight[];
  /** How long runs usually take. */
  readonly history: ReadonlyMap<string, number>;
}

/** Asks only a service that was named: most plans are made where there is none. */
async function askService(
  project: string | null,
  options: ServiceOptions,
  io: Io,
): Promise<{ readonly known: ServiceKnowledge | null; readonly failure: Error | null }> {
  const isAsked = options.url !== undefined || (io.env["HEADWATER_URL"] ?? "") !== "";
  if (!isAsked || project === null) return { known: null, failure: null };
  try {
    const client = await connect(io, options);
    const place = { project, environment: options.environment };
    const [runs, history] = await Promise.all([
      listRunsInFlight(client, place),
      listUsualDurations(client, place),
    ]);
    return { known: { runs, history }, failure: null };
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure;
    return { known: null, failure };
  }
}

interface Reported extends Pick<PlanContext, "runsInFlight"> {
  readonly plan: Plan;
  readonly from: Revision;
  readonly to: Revision;
}

function render({ plan, from, to, runsInFlight }: Reported, format: PlanFormat, style: Style): string {
  const names = { from: describeRevision(from), to: describeRevision(to) };
  switch (format) {
    case "text":
      return paintPlan(renderPlanText(plan, { ...names, runsInFlight }), style);
    case "markdown":
      return renderPlanMarkdown(plan, { ...names, runsInFlight });
    case "json": {
      const report: PlanReport = { from: reportOf(from), to: reportOf(to), ...plan, runsInFlight };
      return `${JSON.stringify(report, null, 2)}\n`;
    }
  }
}

function reportOf(revision: Revision): RevisionReport {
  return { name: revision.name, commit: revision.kind === "commit" ? revision.commit : null };
}

/** Nobody reads the milliseconds of now. */
function wholeSecond(ms: number): number {
  return ms - (ms % 1000);
}

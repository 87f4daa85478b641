import { BACKFILL_BEGINNING, countCombinations, readChoices } from "@headwater/engine";
import type { BackfillSelection } from "@headwater/engine";
import { isDate, nearestName, parseTimestamp } from "@headwater/workflow";
import type {
  Json,
  RunStrategy,
  ScheduleReader,
  ScheduleTrigger,
  WorkflowDefinition,
} from "@headwater/workflow";
import { ServiceError } from "../../errors.js";
import { unknownWorkflow } from "../../runs/unknown-workflow.js";
import type { Versions } from "../../runs/versions.js";
import type { BackfillBinding, BackfillRow } from "../../store/backfills.js";
import type { Store, VersionRow, WorkflowRow } from "../../store/store.js";
import type { BackfillRequest, BackfillsOptions } from "./backfills.js";
import { schedulesOf } from "./planned-backfill.js";

/** So many runs may one backfill make. */
export const BACKFILL_RUNS_MAX = 100_000;

/** So many runs of a backfill may go at once. */
export const BACKFILL_PARALLEL_MAX = 100;

const PARALLEL_DEFAULT = 4;

export interface ReadRequestOptions {
  readonly store: Pick<Store, "findWorkflow" | "findVersionAt" | "listWorkflows">;
  readonly versions: Versions;
  readonly scheduleReader: ScheduleReader;
  readonly branches: BackfillsOptions["branches"];
  readonly id: string;
  readonly now: number;
}

/** A backfill that is not made yet. */
export interface ReadBackfill {
  readonly row: BackfillRow;
  /** Of a branch: what its runs and the workflows that they run are at its commit. */
  readonly made: readonly VersionRow[];
}

/**
 * What was asked, checked and complete; its items are not counted yet.
 * @throws ServiceError workflow-not-found, version-not-found, branch-not-found, repository-unreachable, invalid-backfill
 */
export async function readRequest(
  request: BackfillRequest,
  options: ReadRequestOptions,
): Promise<ReadBackfill> {
  const { key, order, overlap, redo, by, reason } = request;
  const active = await findActive(request, options);
  const { binding, made = [] } = await bindingOf(request, active, options);
  for (const version of made) options.versions.remember(version);
  const { definition } = await options.versions.read(
    binding.kind === "then" ? active.versionId : binding.versionId,
  );
  const { project, environment, workflow } = key;
  const row: BackfillRow = {
    id: options.id,
    requestId: request.requestId,
    project,
    environment,
    workflow,
    selection: selectionOf(request, definition, options),
    order,
    maxParallel: parallelOf(request, active.properties.runStrategy),
    overlap,
    redo,
    binding,
    total: 0,
    status: "running",
    cursor: BACKFILL_BEGINNING,
    skipped: 0,
    by,
    reason,
    createdAt: options.now,
    changed: null,
    endedAt: null,
  };
  return { row, made };
}

async function findActive({ key }: BackfillRequest, { store }: ReadRequestOptions): Promise<WorkflowRow> {
  const active = await store.findWorkflow(key);
  if (active !== null && active.removedAt === null) return active;
  const refused = `Cannot backfill "${key.project}/${key.workflow}": no such workflow is deployed`;
  throw await unknownWorkflow(store, key, refused);
}

async function bindingOf(
  request: BackfillRequest,
  active: WorkflowRow,
  { store, branches }: ReadRequestOptions,
): Promise<{ readonly binding: BackfillBinding; readonly made?: readonly VersionRow[] }> {
  const { versionId, commit, repositoryId } = active;
  const { version, key } = request;
  if (version === "now") return { binding: { kind: "now", versionId, commit, repositoryId } };
  if (version === "then") {
    if (request.slots !== null) return { binding: { kind: "then" } };
    throw invalid(
      request,
      "only slots have a time at which the workflow was another one: give --from and --to",
    );
  }
  if ("branch" in version) {
    const { versions: made, ...at } = await branches.readBranch(key, version.branch);
    return {
      binding: { kind: "branch", branch: version.branch, versionId: made[0]?.id ?? "", ...at },
      made,
    };
  }
  const found = await store.findVersionAt(key, version.commit);
  if (found !== null)
    return { binding: { kind: "commit", versionId: found, commit: version.commit, repositoryId } };
  throw new ServiceError(
    "version-not-found",
    `Cannot backfill "${key.project}/${key.workflow}" at commit "${version.commit}": that commit was never deployed to ${key.environment} with this workflow; "headwater deployments" lists those that were`,
  );
}

function selectionOf(
  request: BackfillRequest,
  definition: WorkflowDefinition,
  { scheduleReader, now }: ReadRequestOptions,
): BackfillSelection {
  const { slots, choices, list, params } = request;
  const ways = [slots, choices, list].filter((way) => way !== null);
  if (ways.length !== 1) {
    throw invalid(request, "say either a time with --from and --to, values of params, or a file of params");
  }
  checkNames(request, definition);
  if (choices !== null) return { kind: "combinations", choices: readAll(request, choices) };
  if (list !== null) return { kind: "list", params: list };
  const schedules = schedulesOf(definition);
  const [first] = schedules;
  if (first === undefined) {
    throw invalid(request, "it has no schedule, so there are no slots: give values of its params instead");
  }
  const from = instantOf(request, { which: "from", schedule: first, reader: scheduleReader });
  const to = instantOf(request, { which: "to", schedule: first, reader: scheduleReader });
  if (from > now) throw invalid(request, "--from is in the future; its schedule starts those runs by itself");
  if (to <= from) throw invalid(request, nothingBetween(request, first));
  // What is still to come its schedule starts by itself.
  return { kind: "slots", from, before: Math.min(to, now + 1), params, timezone: first.timezone };
}

/** Of the same day in both places the clocks of the zone have left all out, as Apia's did on 2011-12-30. */
function nothingBetween({ slots }: BackfillRequest, { timezone }: ScheduleTrigger): string {
  if (slots === null || !isDate(slots.from) || slots.from !== slots.to) return "--to is before --from";
  return `there was no ${slots.from} in ${timezone}, where its schedule is: the clocks left that day out`;
}

/** A name that the workflow does not have is told before a thousand runs have failed for it. */
function checkNames(request: BackfillRequest, { params }: WorkflowDefinition): void {
  const names = params.map(({ name }) => name);
  const given = [request.params, request.choices ?? {}, ...(request.list ?? [])].flatMap(Object.keys);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, names);
  const hint = near === null ? `it has ${names.join(", ") || "none"}` : `did you mean "${near}"?`;
  throw invalid(request, `it has no param "${unknown}"; ${hint}`);
}

function readAll(
  request: BackfillRequest,
  choices: NonNullable<BackfillRequest["choices"]>,
): Readonly<Record<string, readonly Json[]>> {
  const read = Object.entries(choices).map(([name, written]) => {
    const values = readChoices(written);
    if (!values.ok) throw invalid(request, `param "${name}" ${values.message}`);
    return [name, values.values] as const;
  });
  const values = Object.fromEntries(read);
  const total = countCombinations(values);
  if (total > BACKFILL_RUNS_MAX) throw tooMany(request, `${total} combinations`);
  return values;
}

interface End {
  readonly which: "from" | "to";
  readonly schedule: ScheduleTrigger;
  readonly reader: ScheduleReader;
}

const DAY_MS = 86_400_000;

/** A day ends when the next one begins; an instant belongs to the time that ends with it. */
function instantOf(request: BackfillRequest, { which, schedule, reader }: End): number {
  const text = request.slots?.[which] ?? "";
  if (text === "") {
    const day = which === "from" ? "first" : "last";
    throw invalid(request, `--${which} is missing: give the ${day} day, or an instant`);
  }
  if (!isDate(text)) {
    const instant = parseTimestamp(text);
    if (instant !== null) return which === "from" ? instant : instant + 1;
    throw invalid(
      request,
      `--${which} is "${text}": it must be a date such as 2026-03-31, or an instant such as 2026-03-31T06:00:00Z`,
    );
  }
  const day = Date.parse(text) + (which === "from" ? 0 : DAY_MS);
  return midnightOf(day, schedule.timezone, reader);
}

/** The first instant of a day of the calendar of a time zone. @param day its midnight in UTC */
function midnightOf(day: number, timezone: string, reader: ScheduleReader): number {
  const date = new Date(day);
  const midnight = `0 0 ${date.getUTCDate()} ${date.getUTCMonth() + 1} *`;
  const timing = {
    schedule: midnight,
    timezone,
    gap: "run_after",
    overlap: "once",
    startsAt: null,
    endsAt: null,
  } as const;
  return reader.nextFire(timing, day - DAY_MS) ?? day;
}

function parallelOf(request: BackfillRequest, { rule, limit }: RunStrategy): number {
  const most = request.overlap
    ? BACKFILL_PARALLEL_MAX
    : Math.min(rule === "parallel" ? limit : 1, BACKFILL_PARALLEL_MAX);
  const wanted = request.maxParallel ?? Math.min(PARALLEL_DEFAULT, most);
  if (wanted <= most) return wanted;
  if (request.overlap || rule === "parallel")
    throw invalid(request, `at most ${most} of its runs may go at once, not ${wanted}`);
  throw invalid(
    request,
    `it is ${rule}, so that one run goes at a time, not ${wanted}. With --overlap the runs of the backfill go beside each other and beside all others`,
  );
}

/** @returns the refusal of a backfill that would make too many runs */
export function tooMany(request: Pick<BackfillRequest, "key">, what: string): ServiceError {
  return invalid(request, `it would make ${what}, at most ${BACKFILL_RUNS_MAX} are allowed. Make several`);
}

/** @returns the refusal of a backfill that cannot be as it was asked for */
export function invalid({ key }: Pick<BackfillRequest, "key">, problem: string): ServiceError {
  return new ServiceError("invalid-backfill", `Cannot backfill "${key.project}/${key.workflow}": ${problem}`);
}

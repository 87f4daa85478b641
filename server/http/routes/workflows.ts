import type { Workflow, WorkflowDetail } from "@headwater/api";
import { ServiceError } from "../../errors.js";
import type { PinRow } from "../../store/deployment-decisions.js";
import type { ScheduleRow, WorkflowKey, WorkflowRow } from "../../store/store.js";
import { findWorkflow } from "../find-workflow.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { runAnswer } from "../run-answer.js";

/** How many pauses of a workflow are told, the newest. */
const PAUSES_SHOWN = 20;

/** The same for breakpoints. A workflow has at most 1,000 steps, and few breakpoints. */
const BREAKPOINTS_SHOWN = 100;

type WorkflowHandlers = Pick<
  Handlers,
  | "listWorkflows"
  | "getWorkflow"
  | "unblockWorkflow"
  | "pauseWorkflow"
  | "resumeWorkflow"
  | "setBreakpoint"
  | "clearBreakpoint"
  | "listVersions"
  | "getVersion"
  | "listUsualDurations"
>;

/** Workflows and their versions: what is deployed. */
export function workflowRoutes(dependencies: HttpDependencies): WorkflowHandlers {
  const { store, runs } = dependencies;
  return {
    ...pauseRoutes(dependencies),
    ...breakpointRoutes(dependencies),
    ...versionRoutes(dependencies),
    async listWorkflows({ query: { environment, project, includeRemoved, after = "", limit } }) {
      const rows = await store.listWorkflows({
        includeRemoved: includeRemoved === "true",
        ...(project === undefined ? {} : { project }),
      });
      const rest = rows
        .filter((row) => row.environment === environment && nameOf(row) > after)
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const pins = await store.listOpenPins();
      return {
        workflows: await Promise.all(page.map(async (row) => workflowAnswer(dependencies, row, pins))),
        next: rest.length > limit && last !== undefined ? nameOf(last) : null,
      };
    },
    async getWorkflow({ params, query }) {
      const row = await findWorkflow(store, { ...params, ...query });
      return detailAnswer(dependencies, row);
    },
    async listUsualDurations({ query }) {
      return { usualDurations: await store.listUsualDurations(query) };
    },
    async unblockWorkflow({ params, query, body }) {
      const row = await findWorkflow(store, { ...params, ...query });
      return runAnswer(await runs.unblock(row, body), runs);
    },
  };
}

async function detailAnswer(dependencies: HttpDependencies, row: WorkflowRow): Promise<WorkflowDetail> {
  const { store } = dependencies;
  const [pins, schedules, past, breakpoints] = await Promise.all([
    store.listOpenPins(),
    store.listSchedules(row),
    store.listPauses(row, PAUSES_SHOWN),
    store.listBreakpoints(row, BREAKPOINTS_SHOWN),
  ]);
  return {
    ...(await workflowAnswer(dependencies, row, pins)),
    breakpoints: breakpoints.map(({ step, by, reason, at, cleared }) => ({ step, by, reason, at, cleared })),
    pauses: past.map(({ by, reason, at, resumed }) => ({ by, reason, at, resumed })),
    schedules: schedules.map(({ trigger: { schedule, timezone }, nextSlotAt, nextAt }) => ({
      schedule,
      timezone,
      nextSlotAt,
      nextFireAt: nextAt,
    })),
  };
}

function pauseRoutes(
  dependencies: HttpDependencies,
): Pick<WorkflowHandlers, "pauseWorkflow" | "resumeWorkflow"> {
  const { store, pauses } = dependencies;
  return {
    async pauseWorkflow({ params, query, body }) {
      const row = await findWorkflow(store, { ...params, ...query });
      await pauses.pause(row, body);
      return workflowAnswer(dependencies, row, await store.listOpenPins());
    },
    async resumeWorkflow({ params, query, body }) {
      const row = await findWorkflow(store, { ...params, ...query });
      await pauses.resume(row, body);
      return workflowAnswer(dependencies, row, await store.listOpenPins());
    },
  };
}

function breakpointRoutes(
  dependencies: HttpDependencies,
): Pick<WorkflowHandlers, "setBreakpoint" | "clearBreakpoint"> {
  const { store, breakpoints } = dependencies;
  return {
    async setBreakpoint({ params, query, body: { step, ...actor } }) {
      const row = await findWorkflow(store, { ...params, ...query });
      await breakpoints.set(row, step, actor);
      return detailAnswer(dependencies, row);
    },
    async clearBreakpoint({ params, query, body: { step, ...actor } }) {
      const row = await findWorkflow(store, { ...params, ...query });
      await breakpoints.clear(row, step, actor);
      return detailAnswer(dependencies, row);
    },
  };
}

function versionRoutes({ store }: HttpDependencies): Pick<WorkflowHandlers, "listVersions" | "getVersion"> {
  return {
    async listVersions({ params, query }) {
      const row = await findWorkflow(store, { ...params, ...query });
      return { versions: await store.listVersions(row) };
    },
    async getVersion({ params: { id } }) {
      const version = await store.findVersion(id);
      if (version !== null) return version;
      throw new ServiceError("version-not-found", `Cannot find version "${id}": there is none`);
    },
  };
}

function nameOf({ project, workflow }: WorkflowKey): string {
  return `${project}/${workflow}`;
}

/** Two indexed reads beside the row: its schedules and its newest run. */
async function workflowAnswer(
  { store, runs: live, pauses }: HttpDependencies,
  row: WorkflowRow,
  pins: readonly PinRow[],
): Promise<Workflow> {
  const { project, environment, workflow } = row;
  const [schedules, runs] = await Promise.all([
    store.listSchedules(row),
    store.listRuns({ project, environment, workflow, limit: 1 }),
  ]);
  const lastRun = runs[0];
  const pause = pauses.find(row);
  const { description, owner, labels, priority, runStrategy } = row.properties;
  return {
    project,
    environment,
    workflow,
    path: row.path,
    versionId: row.versionId,
    versionNumber: row.versionNumber,
    commit: row.commit,
    description,
    owner,
    labels: { ...labels },
    priority,
    runStrategy,
    updatedAt: row.updatedAt,
    removedAt: row.removedAt,
    paused: pause === null ? null : { by: pause.by, reason: pause.reason, at: pause.at },
    pinned: pinnedAnswer(pins.find((pin) => pin.project === project && pin.environment === environment)),
    nextFireAt: pause === null ? earliest(schedules) : null,
    lastRun: lastRun === undefined ? null : runAnswer(lastRun, live),
  };
}

function pinnedAnswer(pin: PinRow | undefined): Workflow["pinned"] {
  if (pin === undefined) return null;
  const { commit, by, reason, at } = pin;
  return { commit, by, reason, at };
}

function earliest(schedules: readonly ScheduleRow[]): number | null {
  const times = schedules.flatMap(({ nextAt }) => (nextAt === null ? [] : [nextAt]));
  return times.length === 0 ? null : Math.min(...times);
}

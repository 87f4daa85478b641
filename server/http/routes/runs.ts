import type { Run } from "@headwater/api";
import type { RunRow } from "../../store/store.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findRun, runAnswer, stepAnswer } from "../run-answer.js";
import { readRunTimeline } from "../run-timeline.js";

type RunHandlers = Pick<
  Handlers,
  "startRun" | "listRuns" | "getRun" | "listSteps" | "readTimeline" | "explainRun" | "readCriticalPath"
>;

/** Runs and their steps. */
export function runRoutes({ store, runs, clock }: HttpDependencies): RunHandlers {
  const answer = (row: RunRow): Run => runAnswer(row, runs);
  return {
    ...viewRoutes({ store, runs, clock }),
    async startRun({ params, query, body: { params: values, requestId, by } }) {
      const request = { key: { ...params, ...query }, params: values, by };
      return answer(await runs.startRun(requestId === undefined ? request : { ...request, requestId }));
    },
    async listRuns({ query: { environment, limit, project, workflow, status, backfill, before } }) {
      const rows = await store.listRuns({
        environment,
        limit,
        ...(project === undefined ? {} : { project }),
        ...(workflow === undefined ? {} : { workflow }),
        ...(status === undefined ? {} : { status }),
        ...(backfill === undefined ? {} : { backfill }),
        ...(before === undefined ? {} : { before }),
      });
      const next = rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
      const historyBegin = next === null ? await store.historyBegin() : null;
      return { runs: rows.map((row) => answer(row)), next, historyBegin };
    },
    getRun: async ({ params, query }) => answer(await findRun(store, params.id, query.environment)),
    async listSteps({ params, query: { environment, limit, path, status, loop, after } }) {
      const run = await findRun(store, params.id, environment);
      const rows = await store.listSteps(run.id, {
        limit,
        ...(path === undefined ? {} : { path }),
        ...(status === undefined ? {} : { statuses: status }),
        ...(loop === undefined ? {} : { loop }),
        ...(after === undefined ? {} : { after }),
      });
      const last = rows.at(-1);
      const properties = (await store.findWorkflow(run))?.properties ?? null;
      return {
        steps: rows.map((row) => stepAnswer(row, run, { runs, properties })),
        next: rows.length === limit && last !== undefined ? last.position : null,
      };
    },
  };
}

/** What became of a run, and what it waits for. */
function viewRoutes({
  store,
  runs,
  clock,
}: Pick<HttpDependencies, "store" | "runs" | "clock">): Pick<
  RunHandlers,
  "readTimeline" | "explainRun" | "readCriticalPath"
> {
  return {
    readTimeline: async ({ params, query: { environment, limit, after = 0 } }) =>
      readRunTimeline(store, await findRun(store, params.id, environment), {
        limit,
        after,
        now: clock.now(),
      }),
    readCriticalPath: async ({ params, query }) =>
      runs.criticalPath(await findRun(store, params.id, query.environment)),
    async explainRun({ params, query: { environment, step, after, limit } }) {
      const row = await findRun(store, params.id, environment);
      const waits = runs.explain(row, step);
      return {
        run: runAnswer(row, runs),
        waits: waits.slice(after, after + limit),
        next: waits.length > after + limit ? after + limit : null,
      };
    },
  };
}

import type { Run, RunAction } from "@headwater/api";
import type { RunRequest } from "../../runs/run-actions.js";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { pastActionAnswer, toEngineAction } from "../run-action.js";
import { findRun, runAnswer } from "../run-answer.js";

type RestartBody = RunAction & { readonly action: "restart" };
type RunActionHandlers = Pick<Handlers, "cancelRun" | "actOnRun" | "listRunActions" | "answerApproval">;

/** What people do to runs. */
export function runActionRoutes({ store, runs }: HttpDependencies): RunActionHandlers {
  return {
    cancelRun: ({ params, query, body }) => act(params.id, query.environment, { kind: "cancel", ...body }),
    async actOnRun({ params, query, body }) {
      const { by, reason } = body;
      if (body.action === "restart") return restart(params.id, query.environment, body);
      return act(params.id, query.environment, { kind: "action", action: toEngineAction(body), by, reason });
    },
    async listRunActions({ params, query: { environment, after, limit } }) {
      const { id } = await findRun(store, params.id, environment);
      const rows = await store.listRunActions(id, { limit, ...(after === undefined ? {} : { after }) });
      const last = rows.at(-1);
      return {
        actions: rows.map((row) => pastActionAnswer(row)),
        next: rows.length === limit && last !== undefined ? last.seq : null,
      };
    },
    async answerApproval({ params, query, body }) {
      const { id } = await findRun(store, params.id, query.environment);
      await runs.answerApproval(id, body);
      return runAnswer(await findRun(store, id, query.environment), runs);
    },
  };

  async function restart(idOrName: string, environment: string, body: RestartBody): Promise<Run> {
    const { id } = await findRun(store, idOrName, environment);
    const { from, path = null, params, version = null, by, reason } = body;
    const scope = path === null ? from : "step";
    await runs.restartRun(id, { from: scope, path, params, version, by, reason });
    return runAnswer(await findRun(store, id, environment), runs);
  }

  async function act(idOrName: string, environment: string, request: RunRequest): Promise<Run> {
    const { id } = await findRun(store, idOrName, environment);
    await runs.actOnRun(id, request);
    return runAnswer(await findRun(store, id, environment), runs);
  }
}

import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";
import { findWorkflow } from "../find-workflow.js";

/** Alerts: what people were told. */
export function alertRoutes({
  store,
  alerts,
}: HttpDependencies): Pick<Handlers, "listAlerts" | "testAlerts"> {
  return {
    async listAlerts({ query: { project, workflow, environment, state, before, limit } }) {
      const rows = await store.listAlerts({
        limit,
        ...(project === undefined ? {} : { project }),
        ...(workflow === undefined ? {} : { workflow }),
        ...(environment === undefined ? {} : { environment }),
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      });
      const last = rows.at(-1);
      return {
        alerts: rows.map(({ happened, ...row }) => ({ ...row, happened: { ...happened } })),
        next: rows.length === limit && last !== undefined ? last.id : null,
        // One page says it.
        problems: before === undefined ? await alerts.problems() : [],
      };
    },
    async testAlerts({ params, query }) {
      return { receivers: await alerts.test(await findWorkflow(store, { ...params, ...query })) };
    },
  };
}

import type { FastifyInstance } from "fastify";
import { API_PREFIX, ROUTES } from "@headwater/api";
import type { EventStreams } from "./event-stream.js";
import type { RouteDependencies } from "./http-dependencies.js";
import type { Handlers } from "./handler.js";
import { registerHostHooks } from "./host-hooks.js";
import { registerRoutes } from "./register-routes.js";
import { backfillRoutes } from "./routes/backfills.js";
import { alertRoutes } from "./routes/alerts.js";
import { capacityRoutes } from "./routes/capacity.js";
import { deploymentRoutes } from "./routes/deployments.js";
import { healthRoutes } from "./routes/health.js";
import { githubAppRoutes } from "./routes/github-app.js";
import { gitlabRoutes } from "./routes/gitlab.js";
import { hookRoutes } from "./routes/hooks.js";
import { lineageRoutes } from "./routes/lineage.js";
import { logRoutes } from "./routes/logs.js";
import { openApiRoutes } from "./routes/open-api.js";
import { repositoryRoutes } from "./routes/repositories.js";
import { reviewRoutes } from "./routes/reviews.js";
import { runActionRoutes } from "./routes/run-actions.js";
import { runRoutes } from "./routes/runs.js";
import { sessionRoutes } from "./routes/session.js";
import { signalRoutes } from "./routes/signals.js";
import { webhookRoutes } from "./routes/webhooks.js";
import { workflowRoutes } from "./routes/workflows.js";

/** Registers every route of the contract, the stream of events included. */
export function registerApi(
  app: FastifyInstance,
  dependencies: RouteDependencies,
  streams: EventStreams,
): void {
  registerRoutes(app, handlersOf(dependencies), dependencies);
  registerHostHooks(app, dependencies);
  registerEvents(app, streams);
}

function handlersOf(dependencies: RouteDependencies): Handlers {
  return {
    ...healthRoutes(dependencies),
    ...sessionRoutes(dependencies),
    ...repositoryRoutes(dependencies),
    ...hookRoutes(dependencies),
    ...githubAppRoutes(dependencies),
    ...gitlabRoutes(dependencies),
    ...reviewRoutes(dependencies),
    ...deploymentRoutes(dependencies),
    ...workflowRoutes(dependencies),
    ...runRoutes(dependencies),
    ...runActionRoutes(dependencies),
    ...backfillRoutes(dependencies),
    ...logRoutes(dependencies),
    ...capacityRoutes(dependencies),
    ...alertRoutes(dependencies),
    ...signalRoutes(dependencies),
    ...lineageRoutes(dependencies),
    ...webhookRoutes(dependencies),
    ...openApiRoutes(),
  };
}

function registerEvents(app: FastifyInstance, streams: EventStreams): void {
  app.get(`${API_PREFIX}${ROUTES.followEvents.path}`, (request, reply) => {
    const lastId = request.headers["last-event-id"];
    reply.hijack();
    streams.open(reply.raw, typeof lastId === "string" && lastId !== "" ? lastId : null);
  });
}

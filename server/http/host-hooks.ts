import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import { API_PREFIX, ROUTES } from "@headwater/api";
import { HOOK_BYTES_MAX } from "./hook-body.js";
import type { RouteDependencies } from "./http-dependencies.js";
import { guardWrite } from "./write-guard.js";

/**
 * The routes of the webhooks of hosts that are reviewed. Their bodies are not parsed here: what is signed are the bytes as they came. Each
 * is answered when it is kept, and worked on after that.
 */
export function registerHostHooks(app: FastifyInstance, dependencies: RouteDependencies): void {
  const { review, gitlab } = dependencies;
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>("*", { parseAs: "buffer" }, async (_: unknown, body: Buffer) => body);
    registerHook(scope, { ...dependencies, route: ROUTES.receiveGithub, host: review });
    registerHook(scope, { ...dependencies, route: ROUTES.receiveGitlab, host: gitlab });
  });
}

interface Receiver {
  receive(headers: IncomingHttpHeaders, body: Buffer): Promise<{ readonly accepted: boolean }>;
}

function registerHook(
  scope: FastifyInstance,
  {
    route: { method, path, status },
    host,
    health,
    clock,
  }: Pick<RouteDependencies, "health" | "clock"> & {
    readonly route: typeof ROUTES.receiveGithub | typeof ROUTES.receiveGitlab;
    readonly host: Receiver;
  },
): void {
  scope.route({
    method,
    url: `${API_PREFIX}${path}`,
    exposeHeadRoute: false,
    bodyLimit: HOOK_BYTES_MAX,
    handler: async ({ headers, body }, reply) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const answer = await guardWrite(() => host.receive(headers, bytes), { health, clock, isSlow: false });
      return reply.code(status).header("cache-control", "no-store").send(answer);
    },
  });
}

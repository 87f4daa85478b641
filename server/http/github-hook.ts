import type { FastifyInstance } from "fastify";
import { API_PREFIX, ROUTES } from "@headwater/api";
import type { RouteDependencies } from "./http-dependencies.js";
import { guardWrite } from "./write-guard.js";

/** GitHub drops what is larger. Source: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const BODY_BYTES_MAX = 25 * 1024 * 1024;

/**
 * The route of the GitHub App's webhooks. Its body is not parsed here: what is signed are the bytes as they came. It is answered when it
 * is kept, and worked on after that.
 */
export function registerGithubHook(app: FastifyInstance, dependencies: RouteDependencies): void {
  const { review, health, clock } = dependencies;
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>("*", { parseAs: "buffer" }, async (_: unknown, body: Buffer) => body);
    scope.route({
      method: ROUTES.receiveGithub.method,
      url: `${API_PREFIX}${ROUTES.receiveGithub.path}`,
      exposeHeadRoute: false,
      bodyLimit: BODY_BYTES_MAX,
      handler: async ({ headers, body }, reply) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const answer = await guardWrite(() => review.receive(headers, bytes), {
          health,
          clock,
          isSlow: false,
        });
        return reply.code(ROUTES.receiveGithub.status).header("cache-control", "no-store").send(answer);
      },
    });
  });
}

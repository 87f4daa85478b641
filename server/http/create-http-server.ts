import fastify, { type FastifyInstance } from "fastify";
import { systemIds } from "../ids.js";
import type { StoreHealth } from "../store/store.js";
import { EventStreams } from "./event-stream.js";
import { registerGithubAppPages } from "./github-app-pages.js";
import { guardRequests } from "./guard-requests.js";
import type { HttpDependencies } from "./http-dependencies.js";
import { BODY_BYTES_MAX } from "./read-whole.js";
import { whyNot } from "./listening.js";
import { registerApi } from "./register-api.js";
import { registerPage } from "./page-files.js";
import { Sessions } from "./sessions.js";

/** The API and the page, on one port. */
export interface HttpServer {
  /** Listens, and answers what only reads. @throws ServiceError port-taken, cannot-listen */
  start(): Promise<{ readonly url: string }>;
  /** Every part of the service is up: from now on what writes is done too. */
  open(): void;
  /** The service is about to stop: from now on what writes is refused, reads go on. */
  close(): void;
  /** Ends every connection, live streams included; idempotent. */
  stop(): Promise<void>;
}

const REQUEST_MS_MAX = 60_000;

/** Built from what the rooms below offer; nothing listens until `start`. */
export function createHttpServer(dependencies: HttpDependencies): HttpServer {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
  });
  const { clock, store } = dependencies;
  let shut: StoreHealth | null = {
    status: "waiting",
    since: clock.now(),
    reason: "the service is starting",
  };
  const health = (): StoreHealth => shut ?? store.health();
  const streams = new EventStreams(dependencies.feed, dependencies.clock);
  const { ids = systemIds, config } = dependencies;
  const sessions = new Sessions({ ...config, clock, ids });
  guardRequests(app, { ...dependencies, sessions });
  registerApi(app, { ...dependencies, health, sessions }, streams);
  registerGithubAppPages(app, dependencies);
  return {
    async start() {
      await registerPage(app);
      const { host, port } = config;
      try {
        await app.listen({ host, port });
      } catch (cause) {
        throw whyNot(config, cause);
      }
      return { url: urlOf(app, host) };
    },
    open: () => void (shut = null),
    close: () => void (shut = { status: "waiting", since: clock.now(), reason: "the service is stopping" }),
    async stop() {
      streams.closeAll();
      await app.close();
    },
  };
}

/** Where a program on this machine reaches it: an address that stands for all of them is not one to connect to. */
function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { API_PREFIX, ROUTES } from "@headwater/api";
import { ServiceError } from "../errors.js";
import { crossOriginHeaders, isPreflight } from "./allowed-origins.js";
import { checkAccess, checkBearer } from "./access.js";
import { readHookBody } from "./hook-body.js";
import { beginHookProof } from "./hook-proof.js";
import { readJsonBodies, type InexactNumbers } from "./json-bodies.js";
import { GITHUB_APP_PATHS } from "./github-app-pages.js";
import type { HttpDependencies, RouteDependencies } from "./http-dependencies.js";
import { PAGE_URLS } from "./page-files.js";
import { readWhole } from "./read-whole.js";
import { refusalOf } from "./refusal.js";
import { parseHookForm } from "./routes/hooks.js";
import { noWebhook } from "./routes/webhooks.js";
import { checkWebhookProof } from "./webhook-proof.js";
import { TokenTries } from "./token-tries.js";

/** More than sign-in has: one program with an old token asks often. */
const BEARER_TRIES = 100;

const HOOK = nameOf(ROUTES.hintGit);
/** Whoever sends there proves to know the secret of that webhook, and has no token. */
const WEBHOOK = nameOf(ROUTES.receiveWebhook);
/** They prove themselves by a signature or a secret, which their own routes check. */
const HOST_HOOKS = [nameOf(ROUTES.receiveGithub), nameOf(ROUTES.receiveGitlab)];
/** With a token, what is answered to who does not have it. */
const OPEN = [ROUTES.getHealth, ROUTES.signIn]
  .map((route) => nameOf(route))
  .concat([...PAGE_URLS, ...GITHUB_APP_PATHS].map((url) => `GET ${url}`));

/** What holds for every request: who may ask, how a body is read, how an error is told. */
export function guardRequests(
  app: FastifyInstance,
  dependencies: HttpDependencies & Pick<RouteDependencies, "sessions">,
): void {
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    async (_request: FastifyRequest, form: string) => parseHookForm(form),
  );
  readJsonBodies(app, inexactNumbersOf);
  const tries = new TokenTries({ most: BEARER_TRIES, action: "answer" });
  grantOrigins(app, dependencies);
  guardAccess(app, { ...dependencies, tries });
  guardHook(app, { ...dependencies, tries });
  guardWebhooks(app, { ...dependencies, tries });
  tellErrors(app, dependencies);
}

/** What others send in their own form has ids of any length, of which a hook reads none, and a webhook those that it was told to. */
function inexactNumbersOf(request: FastifyRequest): InexactNumbers {
  if (routeOf(request) === HOOK) return "ignored";
  return routeOf(request) === WEBHOOK ? "marked" : "refused";
}

interface Counted extends HttpDependencies {
  /** Of bearer tokens. */
  readonly tries: TokenTries;
}

/** Before anything else: a browser shows a refusal, too, only to a page that may read the answer. */
function grantOrigins(app: FastifyInstance, { config }: HttpDependencies): void {
  app.addHook("onRequest", async ({ method, headers }, reply) => {
    const wantedMethod = headers["access-control-request-method"];
    const asked = { method, origin: headers.origin, wantedMethod };
    const granted = crossOriginHeaders(config.allowedOrigins, asked);
    if (granted === null) return;
    // On the answer itself: a live stream takes over from the framework, which would forget them.
    for (const [name, value] of Object.entries(granted)) reply.raw.setHeader(name, value);
    if (isPreflight(asked)) return reply.code(204).send();
  });
}

function guardAccess(
  app: FastifyInstance,
  { config, clock, sessions, tries }: Counted & Pick<RouteDependencies, "sessions">,
): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
    if (config.token !== null && OPEN.includes(routeOf(request))) return;
    if (config.hookSecrets.length > 0 && routeOf(request) === HOOK) return;
    if (routeOf(request) === WEBHOOK) return;
    if (HOST_HOOKS.includes(routeOf(request))) return;
    const { authorization, cookie, host, origin } = request.headers;
    const fetchSite = request.headers["sec-fetch-site"];
    const facts = { method: request.method, authorization, cookie, host, origin };
    const check = (): void =>
      checkAccess(config.token, { ...facts, fetchSite: fetchSite?.toString() }, (cookies) =>
        sessions.has(cookies),
      );
    if (config.token === null || authorization === undefined) check();
    else countTries(tries, { address: request.ip, now: clock.now() }, check);
  });
}

/**
 * Only who gives a wrong token is counted, and told to wait in the end. The right one is served whatever else came from its
 * address: behind a proxy all have one, and a stranger there must shut nobody out. Against guesses stands the token's length.
 */
function countTries(
  tries: TokenTries,
  { address, now }: { readonly address: string; readonly now: number },
  check: () => void,
): void {
  try {
    check();
  } catch (error) {
    tries.check(address, now);
    tries.fail(address, now);
    throw error;
  }
}

/** A Git host proves itself by what it signs, so its body is read before it may ask; of a large one only what tells what was pushed is kept. */
function guardHook(app: FastifyInstance, { config: { token, hookSecrets }, clock, tries }: Counted): void {
  app.addHook("preParsing", async (request, _reply, body) => {
    if (routeOf(request) !== HOOK) return body;
    const { authorization } = request.headers;
    if (hookSecrets.length > 0 && authorization !== undefined) {
      const secrets = token === null ? hookSecrets : [token, ...hookSecrets];
      countTries(tries, { address: request.ip, now: clock.now() }, () => checkBearer(secrets, authorization));
    }
    const isBearer = hookSecrets.length === 0 || authorization !== undefined;
    const proof = isBearer ? null : beginHookProof(hookSecrets, request.headers);
    const read = await readHookBody(body, { headers: request.headers, see: (piece) => proof?.see(piece) });
    proof?.check();
    return read;
  });
}

/** The bytes are what is signed, so they are read, up to the limit, before anything is made of them. */
function guardWebhooks(app: FastifyInstance, { store, readSecret, clock, log, tries }: Counted): void {
  app.addHook("preParsing", async (request, _reply, body) => {
    if (routeOf(request) !== WEBHOOK) return body;
    const name = ROUTES.receiveWebhook.params.safeParse(request.params);
    const query = ROUTES.receiveWebhook.query.safeParse(request.query);
    // The route refuses it, in the words of all routes.
    if (!name.success || !query.success) return body;
    const place = { ...name.data, ...query.data };
    const found = await store.findWebhook(place);
    if (found === null) throw noWebhook(place);
    const secret = await readSecret(found.secret);
    if (secret === null) {
      log.error("a webhook cannot be checked, for its secret is not set", { ...place, secret: found.secret });
      throw new ServiceError(
        "busy",
        `Cannot check what was sent to "${place.webhook}": its secret is not set yet`,
      );
    }
    const bytes = await readWhole(body);
    const now = clock.now();
    const sent = { headers: request.headers, body: bytes, now };
    countTries(tries, { address: request.ip, now }, () => checkWebhookProof({ ...found, secret }, sent));
    return Readable.from([bytes], { objectMode: false });
  });
}

function tellErrors(app: FastifyInstance, { log }: HttpDependencies): void {
  app.setNotFoundHandler(async (request) => {
    throw new ServiceError(
      "not-found",
      `Cannot find ${request.method} ${request.url}: the routes are in ${API_PREFIX}/openapi.json`,
    );
  });
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body, isOurs } = refusalOf(error);
    if (isOurs)
      log.error("a request failed", { route: request.routeOptions.url ?? "", error: describe(error) });
    if (status === 401) void reply.header("www-authenticate", "Bearer");
    if (status === 429) void reply.header("retry-after", body.error.data["retryAfterSeconds"]);
    return reply.code(status).header("cache-control", "no-store").send(body);
  });
}

function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${API_PREFIX}${path}`;
}

function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? ""}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

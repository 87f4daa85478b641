import type { FastifyInstance, FastifyReply } from "fastify";
import * as z from "zod";
import { ServiceError } from "../errors.js";
import { MADE_PATH } from "../review/github/app-manifest.js";
import type { AppForm } from "../review/github/app-maker.js";
import type { AppDescription } from "../review/github/github-reviews.js";
import type { HttpDependencies } from "./http-dependencies.js";
import { refusalOf } from "./refusal.js";

/** From here a person goes on to GitHub. */
export const NEW_APP_PATH = "/github/app/new";
/** They need no token: who opens them proves by the state to have been sent. */
export const GITHUB_APP_PATHS: readonly string[] = [NEW_APP_PATH, MADE_PATH];

const text = z.string().min(1).max(500);
const started = z.object({ state: text });
const returned = z.object({ state: text, code: text });

/** The two pages between which GitHub makes an App: before a person goes there, and where they come back to. */
export function registerGithubAppPages(app: FastifyInstance, { review }: HttpDependencies): void {
  app.get(NEW_APP_PATH, ({ query }, reply) =>
    answer(reply, async () => newAppPage(review.appForm(read(started, query).state))),
  );
  app.get(MADE_PATH, ({ query }, reply) =>
    answer(reply, async () => {
      const { state, code } = read(returned, query);
      return madeAppPage(await review.completeApp(state, code));
    }),
  );
}

interface Page {
  readonly title: string;
  /** Markup. */
  readonly content: string;
}

/** Nothing is loaded but our own style. A form may go anywhere by HTTPS, since a GitHub may send on to where people sign in. */
const POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action https: http://127.0.0.1:*";

async function answer(reply: FastifyReply, work: () => Promise<Page>): Promise<FastifyReply> {
  try {
    return await send(reply, 200, await work());
  } catch (error) {
    const { status, body, isOurs } = refusalOf(error);
    if (isOurs) throw error;
    const content = `<p role="alert">${escapeMarkup(body.error.message)}.</p><p><a href="/github/app">Begin anew</a></p>`;
    return send(reply, status, { title: "No GitHub App was made", content });
  }
}

function send(reply: FastifyReply, status: number, { title, content }: Page): FastifyReply {
  return reply
    .code(status)
    .header("content-security-policy", POLICY)
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8").send(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · Headwater</title>
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <header><h1><a href="/">Headwater</a></h1></header>
    <main><h2>${title}</h2>${content}</main>
  </body>
</html>
`);
}

function newAppPage({ action, manifest }: AppForm): Page {
  const host = escapeMarkup(new URL(action).host);
  const content = `
<p>${host} asks you for its name, makes it, and sends you back here. Its key goes from there to this service, and to nobody else.</p>
<form method="post" action="${escapeMarkup(action)}">
  <input type="hidden" name="manifest" value="${escapeMarkup(JSON.stringify(manifest))}" />
  <button type="submit">Go on to ${host}</button>
</form>`;
  return { title: "Make a GitHub App", content };
}

function madeAppPage({ name, url, appId }: AppDescription): Page {
  const install = escapeMarkup(`${url ?? ""}/installations/new`);
  const content = `
<p>${escapeMarkup(name ?? "")} (App ${appId}) reviews pull requests from now on. Nothing needs to be restarted.</p>
<p><a href="${install}" rel="noreferrer">Install it on the repositories that it is to review</a></p>`;
  return { title: "The GitHub App is made", content };
}

/** @throws ServiceError bad-request */
function read<Read>(schema: z.ZodType<Read>, query: unknown): Read {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new ServiceError(
    "bad-request",
    "Cannot make a GitHub App: this page is opened by a link of the service, or by GitHub, and this address is incomplete",
  );
}

function escapeMarkup(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

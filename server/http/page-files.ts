import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";

/** The sources beside this file's: the compiler does not copy what it does not compile. */
const FOLDER = join(import.meta.dirname, "../../http/page");

const FILES = [
  { url: "/", file: "index.html", type: "text/html; charset=utf-8" },
  { url: "/github/app", file: "github-app.html", type: "text/html; charset=utf-8" },
  { url: "/reviews/:host/:repositoryId/:head", file: "review.html", type: "text/html; charset=utf-8" },
  { url: "/review.js", file: "review.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/markdown.js", file: "markdown.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/github-app.js", file: "github-app.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/page.css", file: "page.css", type: "text/css; charset=utf-8" },
  { url: "/page.js", file: "page.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/environment.js", file: "environment.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/deployments.js", file: "deployments.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/run-section.js", file: "run-section.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/run-steps.js", file: "run-steps.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/progress.js", file: "progress.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/run-times.js", file: "run-times.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/change-step.js", file: "change-step.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/change-run.js", file: "change-run.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/change-workflow.js", file: "change-workflow.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/params.js", file: "params.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/run-log.js", file: "run-log.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/way-back.js", file: "way-back.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/who.js", file: "who.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/ask.js", file: "ask.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/elements.js", file: "elements.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/dialog.js", file: "dialog.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/start-run.js", file: "start-run.mjs", type: "text/javascript; charset=utf-8" },
  { url: "/approval.js", file: "approval.mjs", type: "text/javascript; charset=utf-8" },
] as const;

/** They hold nothing secret, so whoever may not ask yet gets them too, and finds the form to sign in. */
export const PAGE_URLS: readonly string[] = FILES.map(({ url }) => url);

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The one page that a browser gets: static files, which use the public API only. */
export async function registerPage(app: FastifyInstance): Promise<void> {
  for (const { url, file, type } of FILES) {
    const text = await readFile(join(FOLDER, file), "utf8");
    app.get(url, async (_request, reply) =>
      reply
        .header("content-security-policy", POLICY)
        .header("cache-control", "no-cache")
        .type(type)
        .send(text),
    );
  }
}

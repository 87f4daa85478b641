import * as z from "zod";
import { hint, received } from "./repositories.js";
import type { Route } from "./route.js";
import { json } from "./values.js";

/** What Git hosts send. */
export const HOOK_ROUTES = {
  hintGit: {
    method: "POST",
    path: "/hooks/git",
    summary:
      'A push happened: `{ "url": … }`, a push payload of a Git host, or nothing for every repository. Proven by a token or by the signature of the host',
    body: json.optional(),
    status: 202,
    response: hint,
    errors: ["payload-too-large", "store-waiting"],
  },
  receiveGitlab: {
    method: "POST",
    path: "/hooks/gitlab",
    summary: "A webhook of GitLab; it proves itself by X-Gitlab-Token, and needs no token of the service",
    body: z.record(z.string(), json),
    status: 202,
    response: received,
    errors: ["not-found", "payload-too-large", "store-waiting"],
  },
  receiveGithub: {
    method: "POST",
    path: "/hooks/github",
    summary: "A webhook of the GitHub App; it proves itself by X-Hub-Signature-256, and needs no token",
    body: z.record(z.string(), json),
    status: 202,
    response: received,
    errors: ["not-found", "payload-too-large", "store-waiting"],
  },
} as const satisfies Record<string, Route>;

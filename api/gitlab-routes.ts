import * as z from "zod";
import { hostRepositories } from "./host-repositories.js";
import type { Route } from "./route.js";
import { list } from "./values.js";

const gitlab = z.object({
  gitlab: z
    .object({
      url: z.string(),
      user: z
        .string()
        .nullable()
        .meta({ description: "Whose access token it is; null when GitLab was not asked yet" }),
      expiresOn: z
        .string()
        .nullable()
        .meta({ description: "The last day of the token, such as `2027-06-30`; null where it has none" }),
      missing: list(z.string()).meta({ description: "Scopes that the token lacks" }),
      problem: z
        .string()
        .nullable()
        .meta({ description: "Why GitLab does not let the service in; null when it does" }),
      hasWebhooks: z.boolean().meta({
        description: "Webhooks are taken; else all is found by asking GitLab each minute",
      }),
    })
    .nullable()
    .meta({ description: "The GitLab whose merge requests are reviewed; null when there is none" }),
});
export type Gitlab = z.output<typeof gitlab>;

/** The GitLab whose merge requests are reviewed. */
export const GITLAB_ROUTES = {
  getGitlab: {
    method: "GET",
    path: "/gitlab",
    summary: "The GitLab whose merge requests are reviewed, without anything that is secret",
    status: 200,
    response: gitlab,
    errors: [],
  },
  listGitlabRepositories: {
    method: "GET",
    path: "/gitlab/repositories",
    summary:
      "The projects of which the owner of the access token is a member, by name: none of it is followed until somebody adds it",
    status: 200,
    response: hostRepositories,
    errors: [],
  },
} as const satisfies Record<string, Route>;

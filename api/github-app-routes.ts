import { begunGithubApp, githubApp, newGithubApp } from "./github-app.js";
import { hostRepositories } from "./host-repositories.js";
import type { Route } from "./route.js";

/** The GitHub App that reviews pull requests. */
export const GITHUB_APP_ROUTES = {
  getGithubApp: {
    method: "GET",
    path: "/github/app",
    summary: "The GitHub App that reviews pull requests, without anything that is secret",
    status: 200,
    response: githubApp,
    errors: [],
  },
  createGithubApp: {
    method: "POST",
    path: "/github/app",
    summary:
      "Begin to make a GitHub App: the answer is where a person goes on, with a browser. The service uses it as soon as it is made",
    body: newGithubApp,
    status: 201,
    response: begunGithubApp,
    errors: ["action-not-allowed"],
  },
  listGithubRepositories: {
    method: "GET",
    path: "/github/repositories",
    summary: "What the App is installed on, by name: none of it is followed until somebody adds it",
    status: 200,
    response: hostRepositories,
    errors: [],
  },
} as const satisfies Record<string, Route>;

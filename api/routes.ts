import type * as z from "zod";
import { BACKFILL_ROUTES } from "./backfill-routes.js";
import { ALERT_ROUTES } from "./alert-routes.js";
import { CAPACITY_ROUTES } from "./capacity-routes.js";
import { DEPLOYMENT_ROUTES } from "./deployment-routes.js";
import { health } from "./health.js";
import { GITHUB_APP_ROUTES } from "./github-app-routes.js";
import { GITLAB_ROUTES } from "./gitlab-routes.js";
import { HOOK_ROUTES } from "./hook-routes.js";
import {
  changedRepository,
  newRepository,
  removedRepository,
  repository,
  repositoryList,
  repositoryName,
} from "./repositories.js";
import { REVIEW_ROUTES } from "./review-routes.js";
import type { Route } from "./route.js";
import { LINEAGE_ROUTES } from "./lineage-routes.js";
import { RUN_ROUTES } from "./run-routes.js";
import { newRun, run } from "./runs.js";
import { endedSession, newSession, session, sessionEnd, startedSession } from "./session.js";
import { SIGNAL_ROUTES } from "./signal-routes.js";
import { jsonObject } from "./values.js";
import {
  environmentQuery,
  versionDetail,
  versionId,
  versionList,
  breakpointOfWorkflow,
  pausing,
  unblocking,
  workflow,
  workflowDetail,
  workflowList,
  workflowName,
  workflowQuery,
  usualDurationList,
  usualDurationQuery,
} from "./workflows.js";

/** Where the contract lives; a change that breaks a caller gets a new one. */
export const API_PREFIX = "/api/v1";

/** The whole contract. Who wants a route in the server, the client or the document writes it here, once. */
export const ROUTES = {
  getHealth: {
    method: "GET",
    path: "/health",
    summary: "Whether the service can write; needs no token",
    status: 200,
    response: health,
    errors: [],
  },
  getSession: {
    method: "GET",
    path: "/session",
    summary: "Whether a token is needed; refused when the caller has no access",
    status: 200,
    response: session,
    errors: [],
  },
  signIn: {
    method: "POST",
    path: "/session",
    summary: "Sign a browser in: the answer sets a cookie that stands for the token for seven days",
    body: newSession,
    status: 201,
    response: startedSession,
    errors: ["too-many-tries"],
  },
  signOut: {
    method: "DELETE",
    path: "/session",
    summary:
      "Sign a browser out: its session ends, and the answer makes it forget the cookie. With `everywhere=true` those of all browsers end",
    query: sessionEnd,
    status: 200,
    response: endedSession,
    errors: [],
  },
  listRepositories: {
    method: "GET",
    path: "/repositories",
    summary: "Every repository that is followed",
    status: 200,
    response: repositoryList,
    errors: [],
  },
  addRepository: {
    method: "POST",
    path: "/repositories",
    summary: "Follow a repository: mirror it and deploy its branch now and at every push",
    body: newRepository,
    status: 201,
    response: repository,
    errors: ["repository-exists", "repository-unreachable", "branch-not-found", "store-waiting"],
  },
  getRepository: {
    method: "GET",
    path: "/repositories/:name",
    summary: "One repository, by name or id",
    params: repositoryName,
    status: 200,
    response: repository,
    errors: ["repository-not-found"],
  },
  changeRepository: {
    method: "PUT",
    path: "/repositories/:name",
    summary:
      "Say that a repository was renamed or moved, that another branch of it counts, or what it is called here. It keeps its id and what is deployed; what is not given stays",
    params: repositoryName,
    body: changedRepository,
    status: 200,
    response: repository,
    errors: [
      "repository-not-found",
      "repository-exists",
      "repository-unreachable",
      "branch-not-found",
      "store-waiting",
    ],
  },
  removeRepository: {
    method: "DELETE",
    path: "/repositories/:name",
    summary: "Stop following a repository",
    params: repositoryName,
    status: 200,
    response: removedRepository,
    errors: ["repository-not-found", "store-waiting"],
  },
  syncRepository: {
    method: "POST",
    path: "/repositories/:name/sync",
    summary: "Fetch now, and answer when what was found is deployed or refused",
    params: repositoryName,
    status: 200,
    response: repository,
    errors: ["repository-not-found", "repository-unreachable", "store-waiting"],
  },
  ...HOOK_ROUTES,
  ...GITHUB_APP_ROUTES,
  ...GITLAB_ROUTES,
  ...REVIEW_ROUTES,
  ...DEPLOYMENT_ROUTES,
  listWorkflows: {
    method: "GET",
    path: "/workflows",
    summary: "Every workflow, with its next fire and its last run",
    query: workflowQuery,
    status: 200,
    response: workflowList,
    errors: [],
  },
  getWorkflow: {
    method: "GET",
    path: "/workflows/:project/:workflow",
    summary: "One workflow, with its schedules",
    params: workflowName,
    query: environmentQuery,
    status: 200,
    response: workflowDetail,
    errors: ["workflow-not-found"],
  },
  listVersions: {
    method: "GET",
    path: "/workflows/:project/:workflow/versions",
    summary: "Every version of a workflow, newest first",
    params: workflowName,
    query: environmentQuery,
    status: 200,
    response: versionList,
    errors: ["workflow-not-found"],
  },
  listUsualDurations: {
    method: "GET",
    path: "/usual-durations",
    summary:
      "How long runs of the workflows of a project usually take: by it `headwater plan` and `validate` judge schedules",
    query: usualDurationQuery,
    status: 200,
    response: usualDurationList,
    errors: [],
  },
  getVersion: {
    method: "GET",
    path: "/versions/:id",
    summary: "One version, with its compiled definition",
    params: versionId,
    status: 200,
    response: versionDetail,
    errors: ["version-not-found"],
  },
  startRun: {
    method: "POST",
    path: "/workflows/:project/:workflow/runs",
    summary: "Start a run of the version that is deployed now",
    params: workflowName,
    query: environmentQuery,
    body: newRun,
    status: 201,
    response: run,
    errors: ["workflow-not-found", "invalid-params", "payload-too-large", "store-waiting"],
  },
  unblockWorkflow: {
    method: "POST",
    path: "/workflows/:project/:workflow/unblock",
    summary:
      "Let a `strict_sequential` workflow go on although its latest run failed. The answer is that run",
    params: workflowName,
    query: environmentQuery,
    body: unblocking,
    status: 200,
    response: run,
    errors: ["workflow-not-found", "workflow-not-blocked", "store-waiting"],
  },
  pauseWorkflow: {
    method: "POST",
    path: "/workflows/:project/:workflow/pause",
    summary:
      "Begin no run of a workflow, whatever starts it, until it is resumed; runs that are going go on. The answer is the workflow, when that is durable",
    params: workflowName,
    query: environmentQuery,
    body: pausing,
    status: 200,
    response: workflow,
    errors: ["workflow-not-found", "action-not-allowed", "store-waiting"],
  },
  resumeWorkflow: {
    method: "POST",
    path: "/workflows/:project/:workflow/resume",
    summary:
      "Let a workflow go on that was paused: queued runs begin, and its schedules make up for missed slots as their `missed` says",
    params: workflowName,
    query: environmentQuery,
    body: pausing,
    status: 200,
    response: workflow,
    errors: ["workflow-not-found", "action-not-allowed", "store-waiting"],
  },
  setBreakpoint: {
    method: "POST",
    path: "/workflows/:project/:workflow/breakpoints",
    summary:
      "Pause a step of every run of a workflow whenever it is reached, of runs that are going too. The answer is the workflow, when that is durable",
    params: workflowName,
    query: environmentQuery,
    body: breakpointOfWorkflow,
    status: 200,
    response: workflowDetail,
    errors: ["workflow-not-found", "step-not-found", "action-not-allowed", "store-waiting"],
  },
  clearBreakpoint: {
    method: "POST",
    path: "/workflows/:project/:workflow/breakpoints/clear",
    summary: "Take such a breakpoint away; what is paused at it goes on",
    params: workflowName,
    query: environmentQuery,
    body: breakpointOfWorkflow,
    status: 200,
    response: workflowDetail,
    errors: ["workflow-not-found", "action-not-allowed", "store-waiting"],
  },
  ...RUN_ROUTES,
  ...BACKFILL_ROUTES,
  ...CAPACITY_ROUTES,
  ...SIGNAL_ROUTES,
  ...LINEAGE_ROUTES,
  ...ALERT_ROUTES,
  followEvents: {
    method: "GET",
    path: "/events",
    summary:
      "Live changes as server-sent events; `Last-Event-ID` resumes, an event `reset` says that too much was missed",
    status: 200,
    response: "event-stream",
    errors: [],
  },
  getOpenApi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This contract as an OpenAPI 3.1 document",
    status: 200,
    response: jsonObject.meta({ description: "An OpenAPI document" }),
    errors: [],
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

/** Every route but the stream. */
export type JsonRouteName = {
  [Name in RouteName]: Routes[Name]["response"] extends z.ZodType ? Name : never;
}[RouteName];

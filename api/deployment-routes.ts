import {
  comparison,
  comparisonQuery,
  confirming,
  deployment,
  deploymentList,
  deploymentName,
  deploymentQuery,
  environmentList,
  pinList,
  pinning,
  pinQuery,
  projectName,
  projectSources,
  unpinning,
} from "./deployments.js";
import type { Route } from "./route.js";
import { environmentQuery } from "./workflows.js";

/** What became of commits, and what people decide of them. */
export const DEPLOYMENT_ROUTES = {
  listDeployments: {
    method: "GET",
    path: "/deployments",
    summary: "What became of each commit, newest first, with the findings of those that were refused",
    query: deploymentQuery,
    status: 200,
    response: deploymentList,
    errors: [],
  },
  listEnvironments: {
    method: "GET",
    path: "/environments",
    summary: "The environments in which something is deployed",
    status: 200,
    response: environmentList,
    errors: [],
  },
  confirmDeployment: {
    method: "POST",
    path: "/deployments/:id/confirm",
    summary:
      "Deploy a commit that was held: `id` is the deployment's, or the commit, which may be shortened. It counts for that very commit. The answer is what became of it",
    params: deploymentName,
    body: confirming,
    status: 200,
    response: deployment,
    errors: ["not-found", "action-not-allowed", "store-waiting"],
  },
  listPins: {
    method: "GET",
    path: "/pins",
    summary: "Environments that are or were pinned to a commit, newest first",
    query: pinQuery,
    status: 200,
    response: pinList,
    errors: [],
  },
  pinEnvironment: {
    method: "POST",
    path: "/projects/:project/pin",
    summary:
      "Deploy an older commit, and keep the environment at it whatever is pushed, until it is unpinned. The answer is the deployment",
    params: projectName,
    query: environmentQuery,
    body: pinning,
    status: 200,
    response: deployment,
    errors: ["not-found", "action-not-allowed", "store-waiting"],
  },
  unpinEnvironment: {
    method: "POST",
    path: "/projects/:project/unpin",
    summary: "End a pin, and deploy the head of the branch. The answer is what became of that",
    params: projectName,
    query: environmentQuery,
    body: unpinning,
    status: 200,
    response: deployment,
    errors: ["not-found", "action-not-allowed", "store-waiting"],
  },
  readSources: {
    method: "GET",
    path: "/projects/:project/sources",
    summary:
      "The files of a project at the head of its branch, as far as the compiler reads them: what an editor plans a change against",
    params: projectName,
    query: environmentQuery,
    status: 200,
    response: projectSources,
    errors: ["not-found", "payload-too-large"],
  },
  compareCommits: {
    method: "GET",
    path: "/projects/:project/comparison",
    summary:
      "What changes between two commits, deployments or versions, by what the workflows mean; by default from what is deployed to the head of the branch",
    params: projectName,
    query: comparisonQuery,
    status: 200,
    response: comparison,
    errors: ["not-found", "version-not-found"],
  },
} as const satisfies Record<string, Route>;

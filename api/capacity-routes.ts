import { permit, permitLimit, permitList, permitName, poolList } from "./capacity.js";
import type { Route } from "./route.js";
import { runId } from "./runs.js";
import { explanation, explanationQuery } from "./waits.js";

/** What limits how much goes on at once, and who waits because of it. */
export const CAPACITY_ROUTES = {
  explainRun: {
    method: "GET",
    path: "/runs/:id/why",
    summary: "What a run waits for: its steps in groups, or each instance of one step",
    params: runId,
    query: explanationQuery,
    status: 200,
    response: explanation,
    errors: ["run-not-found", "step-not-found"],
  },
  listPermits: {
    method: "GET",
    path: "/permits",
    summary: "Every permit that has a limit, is held or is waited for, by name",
    status: 200,
    response: permitList,
    errors: [],
  },
  setPermit: {
    method: "PUT",
    path: "/permits/:name",
    summary: "Set the limit of a permit; it is durable, and in force at once",
    params: permitName,
    body: permitLimit,
    status: 200,
    response: permit,
    errors: ["store-waiting"],
  },
  unsetPermit: {
    method: "DELETE",
    path: "/permits/:name",
    summary: "Take back what was set: the service's configuration says what the limit is, or it is 1",
    params: permitName,
    status: 200,
    response: permit,
    errors: ["store-waiting"],
  },
  listPools: {
    method: "GET",
    path: "/pools",
    summary: "Every pool, with who holds its slots and who waits for some",
    status: 200,
    response: poolList,
    errors: [],
  },
} as const satisfies Record<string, Route>;

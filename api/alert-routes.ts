import { alertList, alertQuery, alertTest } from "./alerts.js";
import type { Route } from "./route.js";
import { environmentQuery, workflowName } from "./workflows.js";

/** What people were told, and whether they can be. */
export const ALERT_ROUTES = {
  listAlerts: {
    method: "GET",
    path: "/alerts",
    summary: "What people were told or are to be told, newest first, and why somebody cannot be told",
    query: alertQuery,
    status: 200,
    response: alertList,
    errors: [],
  },
  testAlerts: {
    method: "POST",
    path: "/workflows/:project/:workflow/alerts/test",
    summary:
      "Send a test message to each receiver that the alerts of a workflow name. Answers when each has taken it or has not",
    params: workflowName,
    query: environmentQuery,
    status: 200,
    response: alertTest,
    errors: ["workflow-not-found"],
  },
} as const satisfies Record<string, Route>;

import {
  actualLineage,
  declaredLineage,
  lineageQuery,
  mentionList,
  mentionQuery,
  signalId,
  signalUseQuery,
  signalUses,
} from "./lineage.js";
import type { Route } from "./route.js";
import { runId } from "./runs.js";
import { workflowName } from "./workflows.js";

/** Who makes whom act. */
export const LINEAGE_ROUTES = {
  listMentions: {
    method: "GET",
    path: "/lineage",
    summary: "Who emits which signal, and who starts by it or waits for it, as it is deployed, by signal",
    query: mentionQuery,
    status: 200,
    response: mentionList,
    errors: [],
  },
  workflowLineage: {
    method: "GET",
    path: "/workflows/:project/:workflow/lineage",
    summary:
      "What makes a workflow act, and what it makes act, through signals, ends of runs and steps, as it is deployed; the nearest first",
    params: workflowName,
    query: lineageQuery,
    status: 200,
    response: declaredLineage,
    errors: ["workflow-not-found"],
  },
  runLineage: {
    method: "GET",
    path: "/runs/:id/lineage",
    summary: "Which runs and signals have led to a run, and what came of it; the nearest first",
    params: runId,
    query: lineageQuery,
    status: 200,
    response: actualLineage,
    errors: ["run-not-found"],
  },
  getSignal: {
    method: "GET",
    path: "/signals/:id",
    summary:
      "One signal, the run that emitted it, and the runs that it has started or let go on, oldest first",
    params: signalId,
    query: signalUseQuery,
    status: 200,
    response: signalUses,
    errors: ["not-found"],
  },
} as const satisfies Record<string, Route>;

import type { Route } from "./route.js";
import { newSignal, receivedSignals, sentSignal, signalList, signalQuery, webhookName } from "./signals.js";
import { json } from "./values.js";
import { environmentQuery } from "./workflows.js";

/** What happened outside: said by people, programs and services of others. */
export const SIGNAL_ROUTES = {
  sendSignal: {
    method: "POST",
    path: "/signals",
    summary: "Say that something happened; workflows that listen start",
    body: newSignal,
    status: 202,
    response: sentSignal,
    errors: ["signal-differs", "payload-too-large", "store-waiting"],
  },
  receiveWebhook: {
    method: "POST",
    path: "/webhooks/:project/:webhook",
    summary:
      "What somebody else's service sends: recorded as the signals that `headwater.yaml` says. Proven as it says there",
    params: webhookName,
    query: environmentQuery,
    body: json,
    status: 202,
    response: receivedSignals,
    errors: ["not-found", "unauthorized", "too-many-tries", "payload-too-large", "busy", "store-waiting"],
  },
  listSignals: {
    method: "GET",
    path: "/signals",
    summary: "The signals that are kept, newest first, without the ends of runs",
    query: signalQuery,
    status: 200,
    response: signalList,
    errors: [],
  },
} as const satisfies Record<string, Route>;

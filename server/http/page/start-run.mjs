/** Starts a run of a workflow; one with params is asked for them first. */
import { ask, attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";
import { fieldOf, givenOf } from "./params.js";
import { who } from "./who.js";

/** Answers the run; null when it is taken back or refused. */
export async function startRun(workflow) {
  const { project, workflow: name, versionId } = workflow;
  const version = await attempt(() => ask(`/versions/${encodeURIComponent(versionId)}`));
  if (version === null) return null;
  // The same request, however often it is sent.
  const requestId = newRequestId();
  const { params } = version.definition;
  if (params.length === 0) return attempt(() => start(workflow, { params: {}, requestId }));
  const fields = params.map((param) => fieldOf(param));
  return askFor({ title: `Run ${project} / ${name}`, fields, choices: ["Run"] }, ({ words }) =>
    start(workflow, { params: givenOf(params, words), requestId }),
  );
}

/** By what browsers also have where the service is reached by plain HTTP, where there is no `crypto.randomUUID`. */
function newRequestId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

function start({ project, workflow, environment }, body) {
  const path = [project, workflow].map(encodeURIComponent).join("/");
  const query = new URLSearchParams({ environment });
  return send(`/workflows/${path}/runs?${query}`, { ...body, by: who() });
}

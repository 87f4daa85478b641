/** Starts a run of a workflow; one with params is asked for them first. */
import { ask, attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";
import { who } from "./who.js";

/** What of a value is typed as it is, without quotes. */
const TEXTS = ["string", "date", "timestamp", "duration"];

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

/** What somebody leaves empty is not given, so that its default holds. */
function givenOf(params, words) {
  const given = params.filter(({ name }) => words[name] !== "");
  return Object.fromEntries(given.map((param) => [param.name, valueOf(param, words[param.name])]));
}

/** Where the type is a text, it is what was typed; elsewhere JSON, and what is none is refused with the words of the service. */
function valueOf({ type, options }, words) {
  if (options === undefined && TEXTS.includes(type.name)) return words;
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

function fieldOf(param) {
  const { name, type, options } = param;
  const choices = options ?? (type.name === "bool" ? [true, false] : undefined);
  return {
    name,
    label: name,
    hint: hintOf(param),
    required: param.default === undefined,
    options: choices?.map((choice) => JSON.stringify(choice)),
  };
}

function hintOf({ type, min, max, description, default: template }) {
  const bounds = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  return [description, typeOf(type), ...bounds, defaultOf(template)].filter(Boolean).join(", ");
}

/** `list<string>`, as authors write it. */
function typeOf({ name, of }) {
  return of === undefined ? name : `${name}<${typeOf(of)}>`;
}

function defaultOf(template) {
  if (template === undefined) return "required";
  if (template.kind === "literal") return `default ${JSON.stringify(template.value)}`;
  return template.kind === "expression" ? `default \${{ ${template.source} }}` : "has a default";
}

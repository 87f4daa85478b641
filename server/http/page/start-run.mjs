/** Starts a run of a workflow; one with params is asked for them first. */
import { ask, attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";

/** Answers the run; null when it is taken back or refused. */
export async function startRun({ project, workflow, environment, versionId }) {
  const version = await attempt(() => ask(`/versions/${encodeURIComponent(versionId)}`));
  if (version === null) return null;
  const params = await askForParams(`${project} / ${workflow}`, version.definition.params);
  if (params === null) return null;
  const path = [project, workflow].map(encodeURIComponent).join("/");
  const body = { params, requestId: crypto.randomUUID(), by: "page" };
  return attempt(() => send(`/workflows/${path}/runs?${new URLSearchParams({ environment })}`, body));
}

/** What somebody leaves empty is not given, so that its default holds. */
async function askForParams(title, params) {
  if (params.length === 0) return {};
  const fields = params.map((param) => ({ name: param.name, label: param.name, hint: hintOf(param) }));
  const answer = await askFor(`Run ${title}`, fields, ["Run"]);
  if (answer === null) return null;
  const given = Object.entries(answer.words).filter(([, words]) => words !== "");
  return Object.fromEntries(given.map(([name, words]) => [name, valueOf(words)]));
}

function hintOf({ description, default: template, options }) {
  const facts = [
    description,
    options === undefined ? null : `one of ${options.map((option) => JSON.stringify(option)).join(", ")}`,
    defaultOf(template),
  ];
  return facts.filter(Boolean).join("; ");
}

function defaultOf(template) {
  if (template === undefined) return "required";
  if (template.kind === "literal") return `default ${JSON.stringify(template.value)}`;
  return template.kind === "expression" ? `default \${{ ${template.source} }}` : "has a default";
}

/** As the command line reads it: JSON, or else text. */
function valueOf(words) {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

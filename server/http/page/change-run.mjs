/** What somebody may do to a whole run, each with why: what of it now, the service says. */
import { ask, attempt, send } from "./ask.js";
import { askFor } from "./dialog.js";
import { button } from "./elements.js";
import { fieldOf, wordsOf, givenOf } from "./params.js";
import { who } from "./who.js";

const WHY = { name: "reason", label: "Why", hint: "kept with the run" };

/** By the name that the service gives it; one button for both that are about breakpoints. */
const ACTIONS = {
  cancel: { label: "Cancel", act: cancel },
  pause: { label: "Pause", act: pause },
  resume: { label: "Resume", act: (run) => request(run, { action: "resume" }) },
  restart: { label: "Restart", act: restart },
  set_breakpoint: { label: "Breakpoint …", act: setBreakpoint },
};

/** A button for each thing that may be done to the run now; `readAgain` is called when it was done. */
export function runButtons(run, readAgain) {
  return run.actions
    .flatMap((action) => ACTIONS[action] ?? [])
    .map(({ label, act }) =>
      button(label, async () => {
        await attempt(() => act(run));
        readAgain();
      }),
    );
}

function cancel({ id, name }) {
  return askFor({ title: `Cancel ${name}?`, fields: [WHY], choices: ["Cancel the run"] }, ({ words }) =>
    send(`/runs/${encodeURIComponent(id)}/cancel`, {
      by: who(),
      reason: words.reason || "canceled on the page",
    }),
  );
}

function pause(run) {
  const title = `Pause ${run.name}?`;
  return askFor({ title, fields: [WHY], choices: ["Pause the run"] }, ({ words: { reason } }) =>
    request(run, { action: "pause", reason }),
  );
}

const FROM = { "Only what is incomplete": "incomplete", "From the beginning": "beginning" };

/** With its own version and params, unless somebody says otherwise. */
async function restart(run) {
  const [{ definition }, { versions }] = await Promise.all([
    ask(`/versions/${encodeURIComponent(run.versionId)}`),
    ask(`/workflows/${workflowOf(run)}/versions?${new URLSearchParams({ environment: run.environment })}`),
  ]);
  const others = versions.filter(({ id }) => id !== run.versionId);
  const own = versions.find(({ id }) => id === run.versionId);
  const fields = [
    WHY,
    ...(others.length === 0 ? [] : [versionField(own, others)]),
    ...definition.params.map((param) => paramField(param, run)),
  ];
  return askFor(
    { title: `Restart ${run.name}?`, fields, choices: Object.keys(FROM) },
    ({ choice, words }) => {
      const chosen = others.find((version) => versionWords(version) === words[VERSION]);
      return request(run, {
        action: "restart",
        from: FROM[choice],
        reason: words.reason,
        params: changedOf(definition.params, run, words),
        ...(chosen === undefined ? {} : { version: chosen.number }),
      });
    },
  );
}

/** No param has such a name. */
const VERSION = "other-version";
const PARAM = "param-";

function versionField(own, others) {
  const hint = own === undefined ? "its own where none is chosen" : `its own is v${own.number}`;
  return { name: VERSION, label: "Version", hint, options: others.map((version) => versionWords(version)) };
}

function versionWords({ number, commit }) {
  return `v${number}, commit ${commit.slice(0, 8)}`;
}

function paramField(param, { params }) {
  const field = fieldOf(param, params[param.name]);
  return { ...field, name: PARAM + param.name };
}

/** Only those that are other than they were: the rest stays, also where another version has another default. */
function changedOf(params, run, words) {
  const typed = Object.fromEntries(params.map(({ name }) => [name, words[PARAM + name]]));
  const changed = params.filter((param) => {
    const value = run.params[param.name];
    return typed[param.name] !== (value === undefined ? "" : wordsOf(param, value));
  });
  return givenOf(changed, typed);
}

const SET = "Pause there";
const CLEAR = "Take it away";

/** In a run that goes on, at any of its steps, also of those that have not begun. */
async function setBreakpoint(run) {
  const { definition } = await ask(`/versions/${encodeURIComponent(run.versionId)}`);
  const fields = [
    {
      name: "step",
      label: "Step",
      hint: "it pauses when it is reached, in all its iterations",
      options: pathsOf(definition.steps),
      required: true,
    },
    WHY,
  ];
  const title = `Breakpoint of ${run.name}`;
  return askFor({ title, fields, choices: [SET, CLEAR] }, ({ choice, words: { step, reason } }) =>
    request(run, { action: choice === SET ? "set_breakpoint" : "clear_breakpoint", step, reason }),
  );
}

/** `load` and `load.copy`. */
function pathsOf(steps, around = "") {
  return steps.flatMap((step) => {
    const path = around + step.id;
    return [path, ...pathsOf(step.steps ?? [], `${path}.`)];
  });
}

function workflowOf({ project, workflow }) {
  return [project, workflow].map(encodeURIComponent).join("/");
}

function request({ id }, action) {
  return send(`/runs/${encodeURIComponent(id)}/actions`, { ...action, by: who() });
}

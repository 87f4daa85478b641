import type { TypeScope } from "./type-scope.js";

interface Habit {
  readonly advice: string;
  /** The name that the advice begins with, where it is not known everywhere. */
  readonly root?: string;
}

/** What to write instead of a name of another system or language; undefined where that is not known, or no choice here. */
export function adviceForName(name: string, scope: TypeScope): string | undefined {
  const habit = Object.hasOwn(HABITS, name) ? HABITS[name] : undefined;
  return habit?.root === undefined || Object.hasOwn(scope, habit.root) ? habit?.advice : undefined;
}

const SLOT: Habit = { advice: "write run.scheduled_at", root: "run" };
const NULL: Habit = { advice: "write null" };

const TRUE: Habit = { advice: "write true" };
const FALSE: Habit = { advice: "write false" };

const HABITS: Readonly<Record<string, Habit>> = {
  TRUE,
  FALSE,
  True: TRUE,
  False: FALSE,
  // Truth values of YAML 1.1, which are texts since 1.2.
  ...Object.fromEntries(["yes", "Yes", "YES", "on", "On", "ON"].map((word) => [word, TRUE])),
  ...Object.fromEntries(["no", "No", "NO", "off", "Off", "OFF"].map((word) => [word, FALSE])),
  None: NULL,
  none: NULL,
  nil: NULL,
  NULL,
  undefined: NULL,
  ds: { advice: "write run.scheduled_at.date()", root: "run" },
  ds_nodash: { advice: 'write format_date(run.scheduled_at, "%Y%m%d")', root: "run" },
  ...Object.fromEntries(
    ["prev_ds", "yesterday_ds"].map((word) => [
      word,
      { advice: 'write (run.scheduled_at - duration("1d")).date()', root: "run" },
    ]),
  ),
  ts: SLOT,
  execution_date: SLOT,
  logical_date: SLOT,
  data_interval_start: SLOT,
  dag: { advice: "write workflow.id", root: "workflow" },
  dag_run: { advice: "write run.id", root: "run" },
  github: { advice: "a run has its commit as run.commit, its environment as run.environment", root: "run" },
  env: {
    advice: "what a script has in its environment no expression knows, write params.<name>",
    root: "params",
  },
  vars: { advice: "write params.<name>", root: "params" },
  parameters: { advice: "write params.<name>", root: "params" },
  inputs: { advice: "write params.<name>", root: "params" },
  params: { advice: "write inputs.<name>", root: "inputs" },
  needs: { advice: "write steps.<id>.outputs.<name>", root: "steps" },
  tasks: { advice: "write steps.<id>.outputs.<name>", root: "steps" },
  jobs: { advice: "write steps.<id>.outputs.<name>", root: "steps" },
  outputs: { advice: "write steps.<id>.outputs.<name>", root: "steps" },
  execution: { advice: "write run.id, or run.started_at", root: "run" },
  trigger: { advice: "write run.scheduled_at, or run.trigger", root: "run" },
  ti: { advice: "write steps.<id>.outputs.<name>", root: "steps" },
  status: { advice: "write response.status, or response.body.status", root: "response" },
  body: { advice: "write response.body", root: "response" },
  matrix: { advice: "write each.<variable>, within a foreach" },
  item: { advice: "write each.<variable>, within a foreach" },
};

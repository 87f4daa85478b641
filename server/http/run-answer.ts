import type { Run, Step } from "@headwater/api";
import { actorText, dottedPath, runActions, stepActions } from "@headwater/engine";
import type { RunStanding } from "@headwater/engine";
import { unknownEnvironment, type WorkflowProperties } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import { runName } from "../runs/run-name.js";
import type { RunView, Runs } from "../runs/runs.js";
import type { RunRow, StepRow, Store } from "../store/store.js";

type RunViews = Pick<Runs, "lookAt" | "queueReason" | "waitReason">;

/** A run as the API shows it. */
export function runAnswer(row: RunRow, runs: RunViews): Run {
  const { triggerKey: _key, repositoryId: _repository, ...shown } = row;
  const view = runs.lookAt(row.id);
  const pausedReason = view === null || view.paused === null ? null : `paused ${actorText(view.paused)}`;
  const queueReason = row.status === "queued" ? runs.queueReason(row.id) : null;
  return {
    ...shown,
    reason: row.reason ?? pausedReason ?? queueReason,
    name: runName(row),
    isPaused: pausedReason !== null,
    actions: runActions(standingOf(row, view)),
  };
}

/** A step of a run as the API shows it. @param properties of its workflow as it is now; null when that is gone */
export function stepAnswer(
  row: StepRow,
  run: RunRow,
  { runs, properties }: { readonly runs: RunViews; readonly properties: WorkflowProperties | null },
): Step {
  const { runId: _run, ...shown } = row;
  const view = runs.lookAt(run.id);
  const standing = {
    status: row.status,
    kind: row.kind,
    hasBegun: row.startedAt !== null,
    isToPause: view?.isToPause(row.path) ?? false,
  };
  const pauses = standing.isToPause && row.status === "waiting" ? "pauses when it is reached" : null;
  return {
    ...shown,
    labels: { ...properties?.steps[dottedPath(row.path)]?.labels },
    reason: pauses ?? row.reason ?? runs.waitReason(run.id, row.path),
    actions: stepActions(standing, standingOf(run, view)),
  };
}

/** A run that is not here has ended, as its row says. */
function standingOf({ status }: RunRow, view: RunView | null): RunStanding {
  return view?.standing ?? { status, isPaused: false, isStopping: false };
}

const NAME = /^([^/#]+)\/([^/#]+)#(\d{1,15})$/;

/** What names a workflow, but none of its runs. */
const WORKFLOW = /^([^/#]+)\/([^/#]+)#?$/;

/** Finds a run by its id or by `project/workflow#number`. @throws ServiceError run-not-found */
export async function findRun(store: Store, idOrName: string, environment: string): Promise<RunRow> {
  const named = NAME.exec(idOrName);
  const [, project = "", workflow = "", number = ""] = named ?? [];
  const row = await (named === null
    ? store.findRun(idOrName)
    : store.findRunByNumber({ project, environment, workflow }, Number(number)));
  if (row !== null) return row;
  const why = (await adviceFor(store, idOrName, environment)) ?? "there is none";
  const isNamed = idOrName.includes("/");
  const place = isNamed ? ` in environment "${environment}"` : "";
  const hint = isNamed ? await environmentHint(store, environment) : "";
  throw new ServiceError("run-not-found", `Cannot find run "${idOrName}"${place}: ${why}${hint}`);
}

/** Empty where something is deployed in it, or nothing anywhere. */
async function environmentHint(store: Store, environment: string): Promise<string> {
  const rows = await store.listEnvironments();
  const deployed = [...new Set(rows.map((row) => row.environment))].toSorted();
  if (deployed.length === 0 || deployed.includes(environment)) return "";
  return `. ${unknownEnvironment(environment, deployed)}`;
}

/** A workflow has many runs: tells the latest. Null when no workflow is named. */
async function adviceFor(store: Store, text: string, environment: string): Promise<string | null> {
  const [, project, workflow] = WORKFLOW.exec(text) ?? [];
  if (project === undefined || workflow === undefined) return null;
  const [latest] = await store.listRuns({ project, environment, workflow, limit: 1 });
  const example = latest === undefined ? "; it has none" : `; the latest is ${runName(latest)}`;
  return `name a run as PROJECT/WORKFLOW#NUMBER${example}`;
}

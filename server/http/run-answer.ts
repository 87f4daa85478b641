import type { Run, Step } from "@headwater/api";
import { actorText, runActions, stepActions } from "@headwater/engine";
import type { RunStanding } from "@headwater/engine";
import { ServiceError } from "../errors.js";
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
    name: `${row.project}/${row.workflow}#${row.number}`,
    isPaused: pausedReason !== null,
    actions: runActions(standingOf(row, view)),
  };
}

/** A step of a run as the API shows it. */
export function stepAnswer(row: StepRow, run: RunRow, runs: RunViews): Step {
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
    reason: pauses ?? row.reason ?? runs.waitReason(run.id, row.path),
    actions: stepActions(standing, standingOf(run, view)),
  };
}

/** A run that is not here has ended, as its row says. */
function standingOf({ status }: RunRow, view: RunView | null): RunStanding {
  return view?.standing ?? { status, isPaused: false, isStopping: false };
}

const NAME = /^([^/#]+)\/([^/#]+)#(\d{1,15})$/;

/** Finds a run by its id or by `project/workflow#number`. @throws ServiceError run-not-found */
export async function findRun(store: Store, idOrName: string, environment: string): Promise<RunRow> {
  const named = NAME.exec(idOrName);
  const [, project = "", workflow = "", number = ""] = named ?? [];
  const row = await (named === null
    ? store.findRun(idOrName)
    : store.findRunByNumber({ project, environment, workflow }, Number(number)));
  if (row !== null) return row;
  const place = named === null ? "" : ` in environment "${environment}"`;
  throw new ServiceError("run-not-found", `Cannot find run "${idOrName}"${place}: there is none`);
}

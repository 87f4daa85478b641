import type { Run, Step } from "@headwater/api";
import { ServiceError } from "../errors.js";
import type { RunRow, StepRow, Store } from "../store/store.js";

/** A run as the API shows it. @param queueReason why it has not begun, if it waits for its turn */
export function runAnswer(row: RunRow, queueReason: string | null): Run {
  const { triggerKey: _key, repositoryId: _repository, ...shown } = row;
  const reason = row.reason ?? (row.status === "queued" ? queueReason : null);
  return { ...shown, reason, name: `${row.project}/${row.workflow}#${row.number}` };
}

/** A step as the API shows it. @param waitReason why it waits for a worker, if it does */
export function stepAnswer(row: StepRow, waitReason: string | null): Step {
  const { runId: _run, ...shown } = row;
  return { ...shown, reason: row.reason ?? waitReason };
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

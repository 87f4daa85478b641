import type { RunStatus } from "@headwater/engine";
import type { AlertedRun, AlertOccasion, AlertSignal } from "../store/alerts.js";
import type { RunRow } from "../store/store.js";
import type { WorkflowKey } from "../store/workflow-key.js";

/** What a signal of the service says of a run. */
export interface RunNews {
  readonly key: WorkflowKey;
  readonly runId: string;
  readonly at: number;
  /** 1, and one more with each restart; null where it does not matter. */
  readonly attempt: number | null;
  /** How it ended; null: it is late. */
  readonly status: RunStatus | null;
}

const ENDED = /\/ended(?:\/(\d+))?$/;

/** Reads a signal that the end of a run or its being late has recorded; null for any other. */
export function readRunNews({ key, signal, status, runId, at }: AlertSignal): RunNews | null {
  const [, kind, project, environment, ...workflow] = signal.split("/");
  if (runId === null || project === undefined || environment === undefined) return null;
  const news = { key: { project, environment, workflow: workflow.join("/") }, runId, at };
  if (kind === "run-late") return { ...news, attempt: null, status: null };
  const ended = ENDED.exec(key);
  // Only the store writes them, and a run that has ended has a status of the engine's.
  return ended === null ? null : { ...news, attempt: Number(ended[1] ?? 1), status: status as RunStatus };
}

/** Whether the workflow is failing after it; null where that stays as it is: a cancellation says nothing about the workflow. */
export function failingAfter({ status }: RunNews): boolean | null {
  if (status === "failed" || status === "timed_out") return true;
  return status === "succeeded" ? false : null;
}

/**
 * What happened, the more telling first: a receiver is told the first that it has asked for. A success is a recovery when the run before
 * it that ended has failed, and when somebody was told that this one is late.
 */
export function occasionsOf(
  news: RunNews,
  { isFailing, isLate }: { readonly isFailing: boolean; readonly isLate: boolean },
): readonly AlertOccasion[] {
  if (news.status === null) return ["late"];
  const isFailure = failingAfter(news);
  if (isFailure === null) return [];
  if (isFailure) return ["failed"];
  return isFailing || isLate ? ["recovered", "succeeded"] : ["succeeded"];
}

/** The run as it was then, as far as it is known: it may have been restarted since. */
export function runAt(news: RunNews, row: RunRow): AlertedRun {
  const isSame = news.attempt === null || news.attempt === row.attempt;
  const { id, number, createdAt, startedAt, dueAt } = row;
  return {
    id,
    number,
    attempt: news.attempt ?? row.attempt,
    status: news.status ?? row.status,
    reason: isSame ? row.reason : null,
    createdAt,
    startedAt,
    endedAt: news.status === null ? null : news.at,
    dueAt,
  };
}

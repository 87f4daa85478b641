import type { JobCounts } from "@headwater/api";

/** States in which a job is over, in the order in which they are told. */
const OVER = [
  "succeeded",
  "failed",
  "timed_out",
  "ignored_failure",
  "upstream_failed",
  "canceled",
  "skipped",
] as const;

const GOING = [
  "running",
  "starting",
  "queued",
  "retrying",
  "paused",
  "waiting_for_signal",
  "waiting",
] as const;

/** `12 of 40 jobs done: 10 succeeded, 2 failed; 3 running, 25 waiting`; empty where there are none. */
export function jobsText(jobs: JobCounts): string {
  const { done, total } = progressOf(jobs);
  if (total === 0) return "";
  const parts = [OVER, GOING].map((names) => listed(jobs, names)).filter((part) => part !== "");
  return `${done} of ${total} ${total === 1 ? "job" : "jobs"} done: ${parts.join("; ")}`;
}

/** `12/40`, for a column; empty where there are none. */
export function progressText(jobs: JobCounts): string {
  const { done, total } = progressOf(jobs);
  return total === 0 ? "" : `${done}/${total}`;
}

function progressOf(jobs: JobCounts): { readonly done: number; readonly total: number } {
  const sum = (names: readonly (keyof JobCounts)[]): number =>
    names.reduce((count, name) => count + (jobs[name] ?? 0), 0);
  const done = sum(OVER);
  return { done, total: done + sum(GOING) };
}

function listed(jobs: JobCounts, names: readonly (keyof JobCounts)[]): string {
  return names
    .filter((name) => (jobs[name] ?? 0) > 0)
    .map((name) => `${jobs[name]} ${name.replaceAll("_", " ")}`)
    .join(", ");
}

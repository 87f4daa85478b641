import { DEFAULT_ENVIRONMENT } from "@headwater/api";
import type { AlertedDeployment, AlertHappening, AlertOccasion, AlertRow } from "../store/alerts.js";

/** What a receiver reads, the same in every channel; how it looks is the channel's. */
export interface AlertMessage {
  readonly alert: Omit<AlertRow, "state" | "tries" | "nextAt" | "error" | "toldAt">;
  /** What happened last. */
  readonly last: AlertHappening;
  /** In one line. */
  readonly title: string;
  /** More of it, a sentence each. */
  readonly details: readonly string[];
  /** The last lines of the log of the step that failed; secrets are masked. */
  readonly log: readonly string[];
  /** Where to look; null for nowhere. */
  readonly url: string | null;
}

/** What is known only when the alert is sent. */
export interface AlertFacts {
  /** Of a run that is late: what it waits for. */
  readonly waitsFor: string | null;
  readonly log: readonly string[];
  /** The page of a run; that of the service when none is given. */
  readonly pageOf: (runId?: string) => string;
  /** It tries the channel, and nothing has happened. */
  readonly isTest?: boolean;
}

/** Writes the message of an alert. */
export function writeMessage(
  alert: AlertMessage["alert"],
  { waitsFor, log, pageOf, isTest = false }: AlertFacts,
): AlertMessage {
  const last = alert.happened[alert.occasion] ?? NOTHING;
  const details = [
    ...reasonOf(last),
    ...lateness(alert, last),
    ...(waitsFor === null ? [] : [`It waits: ${waitsFor}`]),
    ...workflowsOf(last),
  ];
  return {
    alert,
    last,
    title: isTest ? `A test of alerts: nothing has happened. ${nameOf(alert)}` : titleOf(alert, last),
    details: isTest ? ["This is how Headwater tells you when something happens."] : details,
    log,
    url: pageOf(last.run?.id),
  };
}

const NOTHING: AlertHappening = { count: 1, at: 0, run: null, deployment: null };

const DONE: Readonly<Record<AlertOccasion, string>> = {
  failed: "failed",
  late: "is late",
  recovered: "has recovered",
  succeeded: "succeeded",
  held: "was held",
  changed: "is live",
};

function titleOf(alert: AlertMessage["alert"], last: AlertHappening): string {
  const { occasion, happened } = alert;
  if (last.deployment !== null) return deploymentTitle(alert, last);
  const total = Object.values(happened).reduce((sum, { count }) => sum + count, 0);
  const run = last.run === null ? "" : `#${last.run.number}`;
  const doing = last.run?.status === "timed_out" && occasion === "failed" ? "timed out" : DONE[occasion];
  if (total === 1) return `${nameOf(alert)}${run} ${doing}`;
  return `${nameOf(alert)}: ${countsOf(happened)}; the last: ${run} ${doing}`;
}

const COUNTED: Readonly<Record<AlertOccasion, string>> = {
  failed: "failed",
  late: "late",
  recovered: "recovered",
  succeeded: "succeeded",
  held: "held",
  changed: "changed",
};

/** `999 runs failed, 2 recovered`. */
function countsOf(happened: AlertRow["happened"]): string {
  const entries = Object.entries(happened) as [AlertOccasion, AlertHappening][];
  return entries
    .map(([occasion, { count }], index) => {
      const unit = index > 0 ? "" : count === 1 ? "run " : "runs ";
      return `${count} ${unit}${COUNTED[occasion]}`;
    })
    .join(", ");
}

function deploymentTitle(alert: AlertMessage["alert"], { count, deployment }: AlertHappening): string {
  if (deployment === null) return nameOf(alert);
  const commit = deployment.commit.slice(0, 8);
  const more = count === 1 ? "" : `, the last of ${count}`;
  if (alert.occasion === "changed") {
    const [first = "", ...others] = deployment.workflows;
    const what = others.length === 0 ? `of ${first}` : `of ${others.length + 1} workflows`;
    return `${nameOf(alert)}: a new version ${what} is live with commit ${commit}${more}`;
  }
  const doing = deployment.status === "refused" ? "was refused" : "was held";
  return `${nameOf(alert)}: commit ${commit} ${doing}${more}; what ran before goes on`;
}

function nameOf({ project, environment, workflow }: AlertMessage["alert"]): string {
  const name = workflow === null ? project : `${project}/${workflow}`;
  return environment === DEFAULT_ENVIRONMENT ? name : `${name} (${environment})`;
}

function reasonOf({ run, deployment }: AlertHappening): readonly string[] {
  return [run?.reason, deployment === null ? null : subjectOf(deployment), deployment?.reason].filter(
    (reason) => reason !== null && reason !== undefined,
  );
}

function subjectOf({ subject, author }: AlertedDeployment): string | null {
  return subject === null || author === null ? subject : `${subject}, by ${author}`;
}

function lateness({ occasion }: AlertMessage["alert"], { run }: AlertHappening): readonly string[] {
  if (occasion !== "late" || run === null || run.dueAt === null) return [];
  const begun = run.startedAt === null ? "has not begun" : `runs since ${instant(run.startedAt)}`;
  return [`It was due ${instant(run.dueAt)}, was asked for ${instant(run.createdAt)}, and ${begun}`];
}

const NAMES_MAX = 20;

function workflowsOf({ deployment }: AlertHappening): readonly string[] {
  if (deployment === null || deployment.workflows.length < 2) return [];
  const names = deployment.workflows.slice(0, NAMES_MAX).join(", ");
  const more = deployment.workflows.length - NAMES_MAX;
  return [`Workflows: ${names}${more > 0 ? ` and ${more} more` : ""}`];
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

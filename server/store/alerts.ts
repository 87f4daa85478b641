import type { RunStatus } from "@headwater/engine";
import type { Json } from "@headwater/workflow";
import type { DeploymentRow } from "./deployment-row.js";
import type { WorkflowKey } from "./workflow-key.js";

export type AlertOccasion = "failed" | "late" | "recovered" | "succeeded" | "held" | "changed";

export type AlertChannel = "slack" | "email" | "webhook" | "pagerduty";

/**
 * The life of an alert. It is durable before it is sent, and every try is durable before it begins:
 *
 * ```
 * waiting ──told──▶ told
 *   │  ▲
 *   │  └─ a try failed: later once more
 *   └──refused for good, or tried too often──▶ given_up
 * ```
 */
export type AlertState = "waiting" | "told" | "given_up";

/** The run that an alert is about, as it was when it happened. */
export interface AlertedRun {
  readonly id: string;
  readonly number: number;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** By when it should have ended. */
  readonly dueAt: number | null;
}

/** The deployment that an alert is about. */
export interface AlertedDeployment {
  readonly id: string;
  readonly status: DeploymentRow["status"];
  readonly commit: string;
  readonly subject: string | null;
  readonly author: string | null;
  readonly reason: string | null;
  /** Those of the workflows concerned that ask for this alert. */
  readonly workflows: readonly string[];
}

/** How often something has happened of which an alert tells, and the last of it. */
export interface AlertHappening {
  readonly count: number;
  readonly at: number;
  readonly run: AlertedRun | null;
  readonly deployment: AlertedDeployment | null;
}

/** One message to one receiver. */
export interface AlertRow {
  readonly id: string;
  readonly project: string;
  readonly environment: string;
  /** Null: of the project, since a deployment is of all its workflows. */
  readonly workflow: string | null;
  readonly channel: AlertChannel;
  /** As the workflow names it: secrets are not filled in. */
  readonly to: string;
  /** What happened last. */
  readonly occasion: AlertOccasion;
  readonly happened: Readonly<Partial<Record<AlertOccasion, AlertHappening>>>;
  readonly createdAt: number;
  readonly state: AlertState;
  /** Those that have begun: the last of them may have arrived, also when nobody knows. */
  readonly tries: number;
  /** When it is to be sent; null when it is not any more, and during a try. */
  readonly nextAt: number | null;
  /** Why the last try failed. */
  readonly error: string | null;
  readonly toldAt: number | null;
}

/** Alerts of one workflow, or of one project, to one receiver are told in their order. */
export type AlertLane = Pick<AlertRow, "project" | "environment" | "workflow" | "channel" | "to">;

/** An end of a run, or that it is late, as it was recorded in the transaction that made it so. */
export interface AlertSignal {
  readonly id: number;
  readonly key: string;
  readonly signal: string;
  readonly status: string | null;
  readonly runId: string | null;
  readonly at: number;
}

/** A workflow that lives and tells somebody something. */
export interface AlertingWorkflow extends WorkflowKey {
  /** As its properties have them. */
  readonly alerts: readonly Json[];
}

/** How far what happens has become alerts. */
export interface AlertCursor {
  readonly signalId: number;
  readonly deploymentKey: number;
}

export interface AlertRecord {
  readonly from: AlertCursor;
  readonly upTo: AlertCursor;
  /** Workflows of which the last run that ended has failed now, and those of which it has no longer. */
  readonly failing: readonly WorkflowKey[];
  readonly recovered: readonly WorkflowKey[];
  /** New ones, and those of before to which something was added. */
  readonly alerts: readonly AlertRow[];
  /** The runs that they are about, also those that are only counted in them. */
  readonly runs: readonly { readonly alertId: string; readonly runId: string }[];
}

/** What became of a try. */
export type AlertEnd = { readonly at: number } & (
  | { readonly state: "told" }
  | { readonly state: "waiting"; readonly error: string; readonly nextAt: number }
  | { readonly state: "given_up"; readonly error: string }
);

export interface AlertQuery {
  readonly project?: string;
  readonly environment?: string;
  readonly workflow?: string;
  readonly state?: AlertState;
  /** The id of the last row of the page before. */
  readonly before?: string;
  readonly limit: number;
}

/** What people are told outside of the service. */
export interface Alerts {
  readAlertCursor(): Promise<AlertCursor>;
  /** Those after a signal, in order; `upTo` is the last signal that was looked at, of whatever name. */
  listAlertSignals(
    after: number,
    limit: number,
  ): Promise<{ readonly signals: readonly AlertSignal[]; readonly upTo: number }>;
  /** In the order in which they were recorded; `key` grows. */
  listDeploymentsAfter(
    after: number,
    limit: number,
  ): Promise<readonly { readonly key: number; readonly deployment: DeploymentRow }[]>;
  /** Of one place, or of all. */
  listAlertingWorkflows(
    place: Pick<WorkflowKey, "project" | "environment"> | null,
  ): Promise<readonly AlertingWorkflow[]>;
  listFailingWorkflows(): Promise<readonly WorkflowKey[]>;
  /** Of these lanes those that are waiting or were made since, in order. */
  listLaneAlerts(lanes: readonly AlertLane[], since: number): Promise<readonly AlertRow[]>;
  /** One transaction. False, and nothing is written, when the cursor has moved or an alert that was added to is being told. */
  recordAlerts(record: AlertRecord): Promise<boolean>;
  /** The first that waits of each lane, when its time has come; the longest due first. */
  listDueAlerts(now: number, limit: number): Promise<readonly AlertRow[]>;
  /** When the next one is due of those that are first in their lane; null when none waits. */
  nextAlertAt(): Promise<number | null>;
  /** A try begins: from now on nothing is added to the alert, and it is not due until the try has ended. False when it waits no longer. */
  beginAlert(id: string): Promise<boolean>;
  /** The tries that were under way when the service ended: they are due. Their messages may have arrived. */
  resumeAlerts(now: number): Promise<void>;
  endAlert(id: string, end: AlertEnd): Promise<void>;
  /** Newest first. */
  listAlerts(query: AlertQuery): Promise<readonly AlertRow[]>;
  /** Those that a run is told of or counted in, in order. */
  listAlertsOfRun(runId: string): Promise<readonly AlertRow[]>;
  /** Deletes those that were made before and wait no longer; at most `limit`. Returns how many. */
  pruneAlerts(before: number, limit: number): Promise<number>;
}

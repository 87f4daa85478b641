import type {
  Json,
  ProjectSettings,
  ScheduleTrigger,
  SignalMatch,
  WorkflowProperties,
} from "@headwater/workflow";
import type { Actor, JobCounts, RunEvent, RunStatus, StepChange } from "@headwater/engine";
import type { Alerts } from "./alerts.js";
import type { Backfills } from "./backfills.js";
import type { Decided, DeploymentDecisions } from "./deployment-decisions.js";
import type { BroughtVersion, DeploymentRow, DeploymentStatus, ListedDeployment } from "./deployment-row.js";
import type { DeclaredBranchRows, Declaration } from "./declared-branches.js";
import type { DeploymentRetention } from "./deployment-retention.js";
import type { EnvironmentRow, EnvironmentWriting, LiveWorkflow } from "./environment-row.js";
import type { WorkflowBreakpointRow, WorkflowHolds, WorkflowPauseRow } from "./workflow-holds.js";
import type { WorkflowKey } from "./workflow-key.js";
import type { LineageRows } from "./lineage-rows.js";
import type { JournalEntry } from "./journal-entry.js";
import type { NewSignal } from "./new-signal.js";
import type { PastSchedule } from "./past-schedule.js";
import type { PermitRow } from "./permit-row.js";
import type { ChangeClaimRows } from "./change-claims.js";
import type { Previews } from "./previews.js";
import type { RemovalConfirmations } from "./removal-confirmations.js";
import type { Retention } from "./retention.js";
import type { NewRun, RunRow } from "./run-row.js";
import type { HostRepositories } from "./host-repositories.js";
import type { Reviews } from "./reviews.js";
import type { RunSnapshots } from "./run-snapshots.js";
import type { SignalHistory } from "./signal-history.js";
import type {
  ForgottenSignals,
  JoinKey,
  MatchedSignals,
  SignalMatches,
  WaitingSignals,
} from "./signal-matches.js";
import type { StepQuery } from "./step-query.js";
import type { StepRow } from "./step-row.js";
import type { TimeZoneData } from "./time-zone-data.js";
import type { VersionRetention } from "./version-retention.js";
import type { VersionRow } from "./version-row.js";
import type { SourceEvents } from "./source-events.js";
import type { WebhookRows } from "./webhook-rows.js";
import type { WholeCheckRows } from "./whole-checks.js";
import type { UsualDurationQuery, UsualDurationRow } from "./usual-duration.js";

export type { BroughtVersion, DeploymentRow, ListedDeployment };
export type { NewRun, RunRow, VersionRow };
export type { ForgottenSignals, JoinKey, MatchedSignals, SignalMatches, WaitingSignals };
export type { JournalEntry, NewSignal, StepRow, WorkflowBreakpointRow, WorkflowPauseRow, WorkflowKey };

/**
 * Everything durable. One writer with group commit: calls that arrive while a transaction is being written share the
 * next one, so durability costs one fsync a batch. A call resolves when its rows are on disk and never before.
 * When the disk is full or failing a write waits and is tried again (see `health`); it is lost only with the process,
 * and then nobody was told that it was done. Every method may throw a `StoreError`.
 */
export interface Store
  extends
    RunSnapshots,
    Retention,
    WorkflowHolds,
    DeploymentDecisions,
    RemovalConfirmations,
    Previews,
    ChangeClaimRows,
    DeploymentRetention,
    SourceEvents,
    DeclaredBranchRows,
    VersionRetention,
    SignalHistory,
    WebhookRows,
    Backfills,
    Reviews,
    WholeCheckRows,
    HostRepositories,
    LineageRows,
    TimeZoneData,
    Alerts {
  /** Opens, locks the data folder against a second server, migrates. @throws StoreError, see `store-error.ts` */
  start(): Promise<void>;
  /** Waits for the writes that were accepted; may be called twice. */
  stop(): Promise<void>;
  /** `ok`, or why writes are waiting. */
  health(): StoreHealth;

  // Repositories
  saveRepository(repository: RepositoryRow): Promise<void>;
  /** When each was last checked (epoch ms), by id; nothing else of them is changed. */
  saveCheckedTimes(times: ReadonlyMap<string, number>): Promise<void>;
  /** With the branches that are followed because it declares them. */
  removeRepository(id: string): Promise<void>;
  listRepositories(): Promise<readonly RepositoryRow[]>;

  // Registry
  /** One transaction: the deployment, its new versions, what each workflow now is, its schedules, its tombstones. All that live are at its commit then. */
  activateDeployment(activation: Activation): Promise<void>;
  /** Records a deployment that changes nothing: refused, held or unchanged. */
  recordDeployment(deployment: DeploymentRow): Promise<void>;
  /** Newest first. */
  listDeployments(query: {
    readonly repositoryId?: string;
    readonly project?: string;
    readonly environment?: string;
    /** By its id, or of a commit, which may be shortened. */
    readonly named?: string;
    /** As they were recorded, whatever has become of them since; default: all. */
    readonly statuses?: readonly DeploymentStatus[];
    readonly limit: number;
  }): Promise<readonly ListedDeployment[]>;
  /** The commit that the branch had before this one, as far as deployments tell; pins do not count. Null when none is known. */
  findHeadBefore(head: {
    readonly repositoryId: string;
    readonly branch: string;
    readonly commit: string;
  }): Promise<string | null>;
  /** The versions that these deployments brought, in the order of their workflows. */
  listBroughtVersions(deploymentIds: readonly string[]): Promise<readonly BroughtVersion[]>;
  /** Where something is deployed, by project and environment. */
  listEnvironments(): Promise<readonly EnvironmentRow[]>;
  /** How all that is live in an environment was written; null where nothing is. */
  findWriting(place: Pick<WorkflowKey, "project" | "environment">): Promise<EnvironmentWriting | null>;
  /** What an environment of a project runs, by id. */
  listLiveWorkflows(place: Pick<WorkflowKey, "project" | "environment">): Promise<readonly LiveWorkflow[]>;
  listWorkflows(query: {
    readonly project?: string;
    readonly includeRemoved?: boolean;
  }): Promise<readonly WorkflowRow[]>;
  findWorkflow(key: WorkflowKey): Promise<WorkflowRow | null>;
  findVersion(id: string): Promise<VersionRow | null>;
  /** The id of the version that a workflow had when that commit was deployed, or run without being deployed; null when it had none. */
  findVersionAt(key: WorkflowKey, commit: string): Promise<string | null>;
  /** Newest first. */
  listVersions(key: WorkflowKey): Promise<readonly Omit<VersionRow, "definition">[]>;

  // Pauses of workflows
  /** Nothing of a workflow begins until somebody resumes it. False when it is paused already: the first pause stays. */
  pauseWorkflow(pause: Omit<WorkflowPauseRow, "resumed">): Promise<boolean>;
  /** Ends the pause of a workflow, which stays on record with who, when and why. False when it is not paused. */
  resumeWorkflow(resumed: Omit<WorkflowPauseRow, "resumed">): Promise<boolean>;
  /** Pauses that nobody has ended, by project, environment and workflow; also of workflows that are not deployed now. */
  listPausedWorkflows(): Promise<readonly WorkflowPauseRow[]>;
  /** Newest first. */
  listPauses(key: WorkflowKey, limit: number): Promise<readonly WorkflowPauseRow[]>;

  // Breakpoints of workflows
  /** Sets a breakpoint for all runs of a workflow. False when the step has one already: the first one stays. */
  setBreakpoint(breakpoint: Omit<WorkflowBreakpointRow, "cleared">): Promise<boolean>;
  /** Takes it away; it stays on record with who, when and why. False when the step has none. */
  clearBreakpoint(cleared: Omit<WorkflowBreakpointRow, "cleared">): Promise<boolean>;
  /** Those of all workflows that nobody has taken away, in the order in which they were set. */
  listOpenBreakpoints(): Promise<readonly WorkflowBreakpointRow[]>;
  /** Newest first, those that were taken away among them. */
  listBreakpoints(key: WorkflowKey, limit: number): Promise<readonly WorkflowBreakpointRow[]>;

  // Capacity
  /** Sets the limit of a permit, or replaces it. */
  savePermit(permit: PermitRow): Promise<void>;
  /** Forgets the limit of a permit; one that has none is no error. */
  removePermit(name: string): Promise<void>;
  /** By name. */
  listPermits(): Promise<readonly PermitRow[]>;

  // Triggers
  /** The earliest due time of all live schedules of workflows that are not paused; null when there is none. */
  nextScheduleAt(): Promise<number | null>;
  /** Those of workflows that are not paused whose time has come, the longest due first; those that are due after one that is live. */
  listDueSchedules(now: number, limit: number, after?: DueSchedule): Promise<readonly DueSchedule[]>;
  /** One transaction: moves schedules on and creates their runs; a fire whose schedule has moved, or whose workflow has another version, is dropped whole. */
  fireSchedules(fires: readonly ScheduleFire[]): Promise<readonly RunRow[]>;
  listSchedules(key: WorkflowKey): Promise<readonly ScheduleRow[]>;
  /** Signals not yet matched against triggers, of those after the one given, oldest first. */
  listUnmatchedSignals(limit: number, after?: number): Promise<readonly SignalRow[]>;
  /** Another number as soon as something else is deployed. Listeners that are read after it are at least as new. */
  findListenerEdition(): Promise<number>;
  /** Live workflows of its environment of which a trigger may hear this signal: found by its name and the params that must be equal. */
  listSignalListeners(
    signal: Pick<NewSignal, "signal" | "params" | "environment">,
  ): Promise<readonly WorkflowRow[]>;
  /** The signals that wait for others of these keys. */
  listJoinedSignals(keys: readonly JoinKey[]): Promise<readonly JoinedSignalRow[]>;
  /** One transaction: marks all signals up to `signalId` as matched, with what came of it. Repeating it does nothing, nor does what is outdated. */
  matchSignals(upToSignalId: number, matches: SignalMatches): Promise<MatchedSignals>;
  /** Signals of one name since that instant, in the order of their times; `after` is the last one of the page before. None: there are no more. */
  listSignals(query: SignalQuery): Promise<readonly PastSignal[]>;

  // Runs
  /** Creates runs, each once for its `triggerKey`, also when that run is forgotten; the answer holds only those that are new, with their numbers. */
  createRuns(runs: readonly NewRun[]): Promise<readonly RunRow[]>;
  /** The hot path: journal, run row, step rows and signals of one decided batch of one run. One that was tried before and is there, entry for entry, is done. @throws StoreError journal-conflict */
  advanceRun(advance: RunAdvance): Promise<void>;
  /** What the latest success of a step of a workflow with that cache key has left; null when there is none since then. */
  findRemembered(query: RememberedQuery): Promise<Remembered | null>;
  /** Queued or running, oldest first. */
  listUnfinishedRuns(): Promise<readonly RunRow[]>;
  readJournal(runId: string): Promise<readonly JournalEntry[]>;
  /** A page of it. `after` is the `seq` of the last entry of the page before. */
  listJournal(
    runId: string,
    query: { readonly after?: number; readonly limit: number },
  ): Promise<readonly JournalEntry[]>;
  /** What people did to a run, in order. `after` is the `seq` of the last row of the page before. */
  listRunActions(
    runId: string,
    query: { readonly after?: number; readonly limit: number },
  ): Promise<readonly RunActionRow[]>;
  findRun(id: string): Promise<RunRow | null>;
  findRunByNumber(key: WorkflowKey, number: number): Promise<RunRow | null>;
  findRunByTriggerKey(triggerKey: string): Promise<RunRow | null>;
  /** The latest run of the workflow that has begun and ended, if it failed and nobody has unblocked it since. */
  findBlockingRun(key: WorkflowKey): Promise<RunRow | null>;
  /** The run blocks its workflow no longer; it keeps who said so, and when. False when somebody had said so before. */
  unblockRun(runId: string, unblocked: Actor & { readonly at: number }): Promise<boolean>;
  /** Of the live workflows of one repository, or of one place; those that have not succeeded often enough are left out. By workflow. */
  listUsualDurations(query: UsualDurationQuery): Promise<readonly UsualDurationRow[]>;
  /** Newest first, by keyset: `before` is the id of the last row of the page before. */
  listRuns(query: RunQuery): Promise<readonly RunRow[]>;
  /** In order of first change. */
  listSteps(runId: string, query: StepQuery): Promise<readonly StepRow[]>;
}

export type StoreHealth =
  | { readonly status: "ok" }
  | { readonly status: "waiting"; readonly since: number; readonly reason: string };

export interface RepositoryRow {
  /** Of a declared branch it begins with that of the registered repository: see `registeredId`. */
  readonly id: string;
  /** Unique; what people type. Of a declared branch `repository@environment`. */
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly branch: string;
  /** `environments`: also every other branch for which its deployed `headwater.yaml` declares an environment. */
  readonly follows: "branch" | "environments";
  /** Why it is followed, where nobody has registered it by itself; null where somebody has. */
  readonly declared: Declaration | null;
  readonly createdAt: number;
  /** The last commit of the branch that was seen, deployed or not. */
  readonly headCommit: string | null;
  readonly checkedAt: number | null;
  /** Why the last check failed, in words; null when it did not. */
  readonly problem: string | null;
}

export interface Activation {
  readonly deployment: DeploymentRow & { readonly project: string };
  readonly settings: ProjectSettings;
  /**
   * Those that are to be written: new, changed in anything, or with other triggers. What lives beside them stays as it is, but for the
   * commit, which is that of the environment. A version id that is already there is not written again.
   */
  readonly workflows: readonly ActivatedWorkflow[];
  /** Ids that the commit no longer has: they get a tombstone; their schedules go, their runs finish. */
  readonly removed: readonly string[];
  /** What the same branch left in other projects or environments, before one was renamed: it gets a tombstone too. */
  readonly buried: readonly WorkflowKey[];
  /** Set when a person pins the environment to the commit. */
  readonly pin?: Decided;
  /** Set when it is the commit that is live, of which something else is declared: the branch has not moved. */
  readonly isDeclaredAnew?: boolean;
  /** Names what writes it; null, as where it is left out, when nobody knows. */
  readonly build?: string | null;
}

export interface ActivatedWorkflow {
  readonly workflow: string;
  readonly path: string;
  readonly version: VersionRow;
  readonly properties: WorkflowProperties;
  readonly schedules: readonly NewSchedule[];
}

export interface WorkflowRow extends WorkflowKey {
  readonly repositoryId: string;
  readonly path: string;
  readonly versionId: string;
  readonly versionNumber: number;
  /** The commit that is deployed now, whose tree new runs use; with a tombstone the last one that was. */
  readonly commit: string;
  readonly properties: WorkflowProperties;
  readonly updatedAt: number;
  /** When a commit removed it; null while it lives. */
  readonly removedAt: number | null;
}

/** A schedule whose `id` was there before keeps its `nextSlotAt`, with the trigger and jitter of now: no deployment loses a slot. */
export interface NewSchedule {
  /** A hash of the workflow and of what decides when the trigger fires. */
  readonly id: string;
  readonly trigger: ScheduleTrigger;
  /** Epoch milliseconds of the next slot, jitter apart; null when it never fires again. */
  readonly nextSlotAt: number | null;
  /** When to start the run for it: the slot plus the jitter. */
  readonly nextAt: number | null;
}

export interface ScheduleRow extends NewSchedule, WorkflowKey {}

export interface DueSchedule extends ScheduleRow {
  /** When its workflow was last resumed, so that slots before were missed; null when it was never paused. */
  readonly resumedAt: number | null;
  /** What its workflow runs, or ran while it was live, read with the trigger, which is of that version; null when the workflow is gone. */
  readonly versionId: string | null;
  /** Set when a deployment has taken it away while slots of it were pending. */
  readonly past: PastSchedule | null;
}

export interface ScheduleFire {
  readonly scheduleId: string;
  /** `past.key` of such a schedule, which is forgotten once it has no next slot; null for those that are live. */
  readonly pastKey: number | null;
  /** The row's `nextSlotAt` as it was read: the fence, with the next one. */
  readonly expectedSlotAt: number;
  /** As it was read with the trigger: what a deployment has changed since must not run by the trigger of before. */
  readonly versionId: DueSchedule["versionId"];
  readonly nextSlotAt: number | null;
  readonly nextAt: number | null;
  readonly runs: readonly NewRun[];
}

export interface RunAdvance {
  readonly runId: string;
  /** The `seq` of the first entry is one more than the last that is stored: the fence against a second writer. */
  readonly entries: readonly JournalEntry[];
  readonly run: {
    readonly status: RunStatus;
    readonly reason: string | null;
    readonly startedAt: number | null;
    readonly endedAt: number | null;
    readonly outputs: RunRow["outputs"];
    /** When it turned out to be late; none while it is not. */
    readonly lateAt?: number | null;
  };
  /** How many jobs of its own steps are in which status; what is stored stays where it is not given. */
  readonly jobs?: JobCounts;
  /** Set when the run was restarted: what it is bound to from now on. */
  readonly rebound?: Pick<RunRow, "attempt" | "versionId" | "commit" | "params">;
  /** Their rows go before those of `steps` come. */
  readonly forgotten?: readonly ForgottenSteps[];
  readonly steps: readonly StepChange[];
  readonly signals: readonly NewSignal[];
  readonly remembered: readonly NewRemembered[];
}

/** A step whose iterations are void; where it is gone, it is too. */
export interface ForgottenSteps {
  readonly path: string;
  readonly isGone: boolean;
}

/** An entry of the journal that somebody has caused. */
export interface RunActionRow {
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent & { readonly kind: "action" | "cancel" | "approve" };
}

/** What a step leaves for later ones with the same cache key. */
export interface NewRemembered {
  /** Dotted, without iterations. */
  readonly step: string;
  readonly key: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly at: number;
}

export interface RememberedQuery extends WorkflowKey {
  readonly step: string;
  readonly key: string;
  /** The earliest success that counts, epoch milliseconds. */
  readonly since: number;
}

export interface Remembered {
  readonly outputs: Readonly<Record<string, Json>>;
  readonly runId: string;
  readonly runNumber: number;
  readonly at: number;
}

export interface SignalQuery {
  readonly signal: string;
  /** Where it was recorded for. */
  readonly environment: string;
  readonly since: number;
  readonly after?: PastSignal;
  /** Of what is looked at, those are answered that meet all that must be equal of one of these, and the last one; without them, all. */
  readonly matches?: readonly (readonly SignalMatch[])[];
  /** So many are looked at. */
  readonly limit: number;
}

/** A signal that was recorded, as those that wait for it see it. */
export interface PastSignal {
  readonly id: number;
  readonly params: Readonly<Record<string, Json>>;
  readonly at: number;
}

export interface SignalRow extends NewSignal {
  /** Grows by time. */
  readonly id: number;
  /** That of the runs it starts: 0 from outside, otherwise one more than that of the run that emitted it. */
  readonly depth: number;
  /** The run that set all of it going; null from outside. */
  readonly root: string | null;
  /** How many runs that one has set going so far. */
  readonly rootRuns: number;
}

export interface JoinedSignalRow extends JoinKey {
  readonly name: string;
  readonly signal: SignalRow;
}

export interface RunQuery {
  readonly project?: string;
  readonly environment?: string;
  readonly workflow?: string;
  readonly status?: RunStatus;
  /** Only those that this backfill has made. */
  readonly backfill?: string;
  readonly before?: string;
  readonly limit: number;
}

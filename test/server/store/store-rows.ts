import type { StepChange } from "@headwater/engine";
import type {
  ParamDefinition,
  ScheduleTrigger,
  SignalMatch,
  StepDefinition,
  Trigger,
  WorkflowProperties,
} from "@headwater/workflow";
import type {
  ActivatedWorkflow,
  Activation,
  DeploymentRow,
  NewRun,
  NewSchedule,
  NewSignal,
  RepositoryRow,
  RunAdvance,
  WorkflowKey,
} from "#server/store/store.js";

/** Rows with every field filled in; a test says only what it is about. */

export const KEY: WorkflowKey = { project: "sales", environment: "production", workflow: "daily" };

/** One that nobody has looked at yet. */
export function repositoryRow(changes: Partial<RepositoryRow> = {}): RepositoryRow {
  return {
    id: "repo_1",
    name: "flows",
    url: "https://git.example/f.git",
    branch: "main",
    createdAt: 1,
    headCommit: null,
    checkedAt: null,
    follows: "branch",
    declared: null,
    problem: null,
    ...changes,
  };
}

export function newRun(id: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    ...KEY,
    id,
    versionId: "ver_1",
    commit: "c0ffee",
    repositoryId: "repo_1",
    trigger: { kind: "manual", by: "ada" },
    triggerKey: null,
    params: { date: "2026-11-23", héctare: [1, null, { deep: "☃\u0000 '\"" }] },
    scheduledAt: 1000,
    createdAt: 1000,
    ...changes,
  };
}

export const RUNNING: RunAdvance["run"] = {
  status: "running",
  reason: null,
  startedAt: 2000,
  endedAt: null,
  outputs: null,
};
export const SUCCEEDED: RunAdvance["run"] = {
  status: "succeeded",
  reason: null,
  startedAt: 2000,
  endedAt: 3000,
  outputs: { total: 3 },
};

/** An advance that writes the entries `firstSeq`, `firstSeq + 1`, … as many as `entries`. */
export function advance(
  runId: string,
  firstSeq: number,
  changes: Partial<Omit<RunAdvance, "entries">> & { readonly entries?: number } = {},
): RunAdvance {
  const { entries = 1, ...others } = changes;
  return {
    runId,
    entries: Array.from({ length: entries }, (_, index) => ({
      seq: firstSeq + index,
      at: 2000 + firstSeq + index,
      event: { kind: "timer", timer: `timer-${firstSeq + index}` },
    })),
    run: RUNNING,
    steps: [],
    signals: [],
    remembered: [],
    ...others,
  };
}

export function stepChange(path: string, changes: Partial<StepChange> = {}): StepChange {
  return {
    path,
    kind: "noop",
    status: "running",
    attempt: 1,
    queuedAt: 2000,
    startedAt: 2001,
    endedAt: null,
    reason: null,
    outputs: null,
    iterations: null,
    jobs: null,
    startedRun: null,
    runAttempt: 1,
    ...changes,
  };
}

export function newSignal(key: string, changes: Partial<NewSignal> = {}): NewSignal {
  return {
    key,
    signal: "table-updated",
    params: { rows: 3 },
    environment: KEY.environment,
    runId: null,
    at: 1500,
    ...changes,
  };
}

export function deployment(
  id: string,
  changes: Partial<DeploymentRow> = {},
): DeploymentRow & { project: string } {
  return {
    id,
    repositoryId: "repo_1",
    environment: KEY.environment,
    branch: "main",
    commit: "c0ffee",
    commitAuthor: "Ada <ada@example.org>",
    commitCommitter: "GitHub <noreply@github.com>",
    commitSubject: "Load sales",
    committedAt: 900,
    status: "active",
    reason: null,
    diagnostics: [],
    added: ["daily"],
    changed: [],
    removed: [],
    unchanged: 0,
    rewritten: null,
    seenAt: 950,
    endedAt: 1000,
    ...changes,
    project: changes.project ?? KEY.project,
  };
}

export function scheduleTrigger(changes: Partial<ScheduleTrigger> = {}): ScheduleTrigger {
  return {
    kind: "schedule",
    schedule: "0 6 * * *",
    timezone: "Europe/Prague",
    missed: "latest",
    gap: "auto",
    overlap: "auto",
    jitterMs: 0,
    startsAt: null,
    endsAt: null,
    params: {},
    ...changes,
  };
}

export function schedule(id: string, nextAt: number | null, trigger = scheduleTrigger()): NewSchedule {
  return { id, trigger, nextSlotAt: nextAt, nextAt };
}

export function signalTrigger(signal: string, match: readonly SignalMatch[] = []): Trigger {
  return { kind: "signal", signal, match, if: null, dedupe: null, params: {} };
}

export interface WorkflowSketch {
  readonly version?: string;
  readonly triggers?: readonly Trigger[];
  readonly schedules?: readonly NewSchedule[];
  readonly owner?: string;
  readonly alerts?: WorkflowProperties["alerts"];
  readonly params?: readonly ParamDefinition[];
  readonly steps?: readonly StepDefinition[];
}

/** An activation of these workflows: `{ daily: { version: "ver_1" } }`. */
export function activation(
  row: DeploymentRow & { readonly project: string },
  workflows: Readonly<Record<string, WorkflowSketch>>,
  removed: readonly string[] = [],
): Activation {
  return {
    deployment: row,
    settings: {
      project: row.project,
      owner: null,
      workflows: ["**"],
      environments: { [row.environment]: { branch: "main", triggers: true, backfillsFrom: [] } },
      webhooks: {},
      policies: { requireOwner: false, requireTests: false, maxDeletedWorkflows: null, signedCommits: false },
    },
    workflows: Object.entries(workflows).map(([id, sketch]) => activatedWorkflow(row, id, sketch)),
    removed,
    buried: [],
  };
}

function activatedWorkflow(
  row: DeploymentRow & { readonly project: string },
  id: string,
  sketch: WorkflowSketch,
): ActivatedWorkflow {
  return {
    workflow: id,
    path: `workflows/${id}.yml`,
    version: {
      id: sketch.version ?? "ver_1",
      project: row.project,
      workflow: id,
      number: 0,
      fingerprint: "f".repeat(64),
      commit: row.commit,
      createdAt: row.endedAt,
      definition: {
        id,
        triggers: sketch.triggers ?? [],
        params: sketch.params ?? [],
        outputs: [],
        maxParallelSteps: null,
        timeoutMs: null,
        failureMode: "fail_after_running",
        steps: sketch.steps ?? [],
      },
    },
    properties: {
      description: null,
      owner: sketch.owner ?? null,
      labels: {},
      priority: "normal",
      runStrategy: { rule: "sequential", limit: 1 },
      expect: null,
      alerts: sketch.alerts ?? [],
      steps: {},
    },
    schedules: sketch.schedules ?? [],
  };
}

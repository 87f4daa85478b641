import { createEvaluator, createScheduleReader } from "@headwater/workflow";
import type { RunStrategy, ScheduleTrigger } from "@headwater/workflow";
import type { Change } from "#server/changes/change-feed.js";
import { ServiceError } from "#server/errors.js";
import { systemIds } from "#server/ids.js";
import type { RunRow, Store } from "#server/store/store.js";
import { BackfillRuns } from "#server/triggers/backfills/backfill-runs.js";
import { Backfiller } from "#server/triggers/backfills/backfiller.js";
import type { BackfillRequest, BackfillsOptions } from "#server/triggers/backfills/backfills.js";
import { ManualClock } from "#test/server/manual-clock.js";
import { createSqliteWorld } from "#test/server/store/sqlite/sqlite-world.js";
import {
  activation,
  advance,
  deployment,
  KEY,
  schedule as scheduleRow,
  scheduleTrigger,
} from "#test/server/store/store-rows.js";

export const HOUR = 3_600_000;

/** Where the clock stands: slots before it may be backfilled. */
export const NOW = Date.UTC(2026, 5, 15, 12);

/** A store with one workflow, `sales/daily`, that a schedule starts each hour; its runs end when the test says so. */
export interface BackfillWorld {
  readonly store: Store;
  readonly clock: ManualClock;
  /** What those who watch were told, in order. */
  readonly told: readonly Change[];
  readonly options: BackfillsOptions;
  /** Drives backfills on that store, which may be one that dies. */
  backfiller(store?: Store): Backfiller;
  /** The runs that have not ended, oldest first. */
  unfinished(): Promise<readonly RunRow[]>;
  /** Ends a run. */
  end(run: RunRow, status?: RunRow["status"]): Promise<void>;
  /** What is deployed from then on. */
  deploy(
    id: string,
    what: {
      readonly at: number;
      readonly schedule?: string;
      /** In the place of `schedule`. */
      readonly schedules?: readonly string[];
      /** Default: UTC. */
      readonly timezone?: string;
      /** The slot that the first schedule has still to decide about; none when it is left out. */
      readonly nextSlotAt?: number;
      /** Default: that of `scheduleTrigger`. */
      readonly missed?: ScheduleTrigger["missed"];
      readonly rule?: RunStrategy["rule"];
    },
  ): Promise<void>;
  dispose(): Promise<void>;
}

/** A world of its own. */
export async function backfillWorld(): Promise<BackfillWorld> {
  const clock = new ManualClock(NOW);
  const { store, dispose } = await createSqliteWorld(clock);
  const told: Change[] = [];
  const feed = { publish: (changes: readonly Change[]) => void told.push(...changes) };
  const optionsOn = (of: Store): BackfillsOptions => ({
    store: of,
    runs: runsOn(store, clock),
    clock,
    ids: systemIds,
    feed,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    evaluator: createEvaluator(),
    scheduleReader: createScheduleReader(),
    branches: { readBranch: () => Promise.reject(new ServiceError("branch-not-found", "No Git is here")) },
  });
  const world: BackfillWorld = {
    store,
    clock,
    told,
    options: optionsOn(store),
    backfiller: (of = store) => new Backfiller(optionsOn(of), new BackfillRuns(optionsOn(of))),
    unfinished: () => store.listUnfinishedRuns(),
    end: (run, status = "succeeded") => endRun(store, run, { status, at: clock.now() }),
    async deploy(
      id,
      {
        at,
        schedule = "0 * * * *",
        schedules = [schedule],
        timezone = "UTC",
        rule = "sequential",
        missed = "latest",
        nextSlotAt,
      },
    ) {
      const triggers = schedules.map((each) =>
        scheduleTrigger({ schedule: each, timezone, missed, params: SLOT_PARAMS }),
      );
      const params = [{ name: "hour", type: { name: "string" } }] as const;
      const made = activation(deployment(id, { endedAt: at, commit: `commit-${id}` }), {
        daily: {
          version: `ver_${id}`,
          triggers,
          params,
          schedules: nextSlotAt === undefined ? [] : [scheduleRow(`sch_${id}`, nextSlotAt, triggers[0])],
        },
      });
      const workflows = made.workflows.map((workflow) => ({
        ...workflow,
        properties: { ...workflow.properties, runStrategy: { rule, limit: rule === "parallel" ? 3 : 1 } },
      }));
      await store.activateDeployment({ ...made, workflows });
    },
    dispose,
  };
  return world;
}

const SLOT_PARAMS = { hour: { kind: "literal", value: "of the schedule" } } as const;

/** Slots from then to then, each one as the workflow is now, unless the test says otherwise. */
export function request(changes: Partial<BackfillRequest> = {}): BackfillRequest {
  return {
    key: KEY,
    requestId: null,
    slots: { from: "2026-06-14", to: "2026-06-14" },
    params: {},
    choices: null,
    list: null,
    order: "oldest",
    maxParallel: null,
    overlap: false,
    redo: false,
    version: "now",
    by: "ann",
    reason: "the source was mended",
    ...changes,
  };
}

/** What the runs of a service do for backfills, as far as the store shows it. */
function runsOn(store: Store, clock: ManualClock): BackfillsOptions["runs"] {
  return {
    adopt: () => undefined,
    async restartRun(runId) {
      const run = await store.findRun(runId);
      if (run === null || run.endedAt === null) throw new ServiceError("action-not-allowed", "it goes on");
      const { attempt, versionId, commit, params } = run;
      const queued = {
        status: "queued",
        reason: null,
        startedAt: null,
        endedAt: null,
        outputs: null,
      } as const;
      const entries = (await store.readJournal(runId)).length;
      const rebound = { attempt: attempt + 1, versionId, commit, params };
      await store.advanceRun({ ...advance(runId, entries + 1), run: queued, rebound });
    },
    async actOnRun(runId, { kind }) {
      const run = await store.findRun(runId);
      if (run === null || run.endedAt !== null || kind !== "cancel")
        throw new ServiceError("run-ended", "it has ended");
      await endRun(store, run, { status: "canceled", at: clock.now() });
    },
  };
}

async function endRun(
  store: Store,
  run: RunRow,
  { status, at }: { readonly status: RunRow["status"]; readonly at: number },
): Promise<void> {
  const entries = (await store.readJournal(run.id)).length;
  const ended = { status, reason: null, startedAt: at - 60_000, endedAt: at, outputs: null };
  await store.advanceRun({ ...advance(run.id, entries + 1), run: ended });
}

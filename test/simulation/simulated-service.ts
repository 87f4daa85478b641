import { rmSync } from "node:fs";
import { join } from "node:path";
import { LocalCapacity } from "#server/capacity/local-capacity.js";
import { createChangeFeed } from "#server/changes/change-feed.js";
import type { Ids } from "#server/ids.js";
import type { Log, LogFields } from "#server/log.js";
import { createRuns } from "#server/runs/create-runs.js";
import type { Runs } from "#server/runs/runs.js";
import { WorkflowBreakpoints } from "#server/runs/workflow-breakpoints.js";
import { WorkflowPauses } from "#server/runs/workflow-pauses.js";
import type { Store, WorkflowKey } from "#server/store/store.js";
import { createTriggers } from "#server/triggers/create-triggers.js";
import type { Triggers, TriggersOptions } from "#server/triggers/triggers.js";
import { Life, type Fate } from "./life.js";
import { mortalStore } from "./mortal-store.js";
import { scriptedWorkers } from "./scripted-workers.js";
import { PERMITS } from "./shapes.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Witness } from "./witness.js";

export interface SimulatedServiceOptions {
  readonly store: Store;
  readonly dataFolder: string;
  readonly fate: Fate & { killsLeft: number };
  readonly time: VirtualTime;
  readonly witness: Witness;
  readonly slots: number;
  readonly tools: Pick<TriggersOptions, "evaluator" | "scheduleReader">;
  /** Makes ids unique. */
  readonly play: number;
}

/** After so many entries of its journal how a run stands is written down. */
const SNAPSHOTS_EVERY = [1, 4, 15, 1000];

/** A service that is up. */
interface Living {
  readonly life: Life;
  readonly store: Store;
  readonly pauses: WorkflowPauses;
  readonly breakpoints: WorkflowBreakpoints;
  readonly runs: Runs;
  readonly triggers: Triggers;
}

/** Runs, triggers, capacity and the store as the service has them, over one life after the other. */
export class SimulatedService {
  /** Null while the service is down, or on its way up. */
  living: Living | null = null;
  lives = 0;
  readonly errors: string[] = [];
  readonly #options: SimulatedServiceOptions;
  readonly #ids: Ids;

  constructor(options: SimulatedServiceOptions) {
    this.#options = options;
    rmSync(join(options.dataFolder, "begun-attempts"), { force: true });
    let last = 0;
    this.#ids = {
      next: (prefix) => `${prefix}_${options.play}_${String((last += 1)).padStart(6, "0")}`,
      random: () => options.fate.random(),
    };
  }

  /** Begins a life; it may not get far. */
  start(): void {
    this.lives += 1;
    const { fate, time, witness } = this.#options;
    const life = new Life(fate, () => {
      fate.killsLeft -= 1;
      this.living = null;
      witness.killed();
      time.after(1 + Math.floor(fate.random() * 90_000), () => this.start());
    });
    const parts = this.#compose(life);
    void this.#bringUp(life, parts).catch((error: unknown) => this.errors.push(String(error)));
  }

  async #bringUp(life: Life, parts: Omit<Living, "life">): Promise<void> {
    await parts.pauses.start();
    await parts.breakpoints.start();
    await parts.runs.start();
    await parts.triggers.start();
    if (life.isAlive) this.living = { life, ...parts };
  }

  #compose(life: Life): Omit<Living, "life"> {
    const { fate, time, witness, dataFolder, slots, tools } = this.#options;
    const clock = time.clockFor(() => life.isAlive);
    const store = mortalStore({
      store: this.#options.store,
      life,
      fate,
      time,
      onStored: (call) => witness.stored(call),
    });
    const feed = createChangeFeed({ boot: "simulated", remembered: 1 });
    const log: Log = {
      info: () => undefined,
      warn: () => undefined,
      error: (message, fields) => void (life.isAlive && this.errors.push(inWords(message, fields))),
    };
    const capacity = new LocalCapacity({ pools: { default: slots }, clock });
    for (const [permit, limit] of Object.entries(PERMITS)) capacity.limitPermit(permit, limit);
    const onResumed = (key: WorkflowKey): unknown => [runs.admit(key), triggers.wakeSchedules()];
    const pauses = new WorkflowPauses({ store, clock, feed, onResumed });
    const onChanged = (key: WorkflowKey): void => runs.reviewBreakpoints(key);
    const breakpoints = new WorkflowBreakpoints({ store, clock, feed, pauses, onChanged });
    const runs: Runs = createRuns({
      store,
      workers: scriptedWorkers({ life, fate, time, witness }),
      capacity,
      pauses,
      breakpoints,
      source: { checkOut: async () => dataFolder, endRun: () => undefined },
      dataFolder,
      logFile: () => "",
      outputFile: () => "",
      clock,
      ids: this.#ids,
      ...tools,
      feed,
      log,
      url: () => "http://simulated",
      onSignals: () => triggers.wakeSignals(),
      snapshotEvery: SNAPSHOTS_EVERY[Math.floor(fate.random() * SNAPSHOTS_EVERY.length)] ?? 1,
    });
    const triggers = createTriggers({ store, runs, clock, ids: this.#ids, log, ...tools });
    return { store, pauses, breakpoints, runs, triggers };
  }
}

function inWords(message: string, fields: LogFields = {}): string {
  return `${message} ${JSON.stringify(fields)}`;
}

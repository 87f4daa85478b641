import type { BackfillChange, BackfillRow } from "../../store/backfills.js";
import { ServiceError } from "../../errors.js";
import { backfillChange } from "./backfill-change.js";
import type { BackfillRuns, BackfillEntry } from "./backfill-runs.js";
import type { BackfillsOptions } from "./backfills.js";

/** So many items are looked at in one go: most of a backfill that is repeated is passed over. */
const ITEMS_A_STEP = 200;

const GOING = ["queued", "running"] as const;

/**
 * Drives backfills. Each has `maxParallel` runs at most that have not ended: where fewer have, runs that are to be done again are
 * restarted, and then new ones are made. The cursor moves in the transaction that creates the runs behind it, so that a crash at any
 * moment makes none twice and loses none.
 */
export class Backfiller {
  readonly #options: BackfillsOptions;
  readonly #runs: BackfillRuns;

  constructor(options: BackfillsOptions, runs: BackfillRuns) {
    this.#options = options;
    this.#runs = runs;
  }

  /** Takes one step of each backfill that goes on; true when another one may follow at once. */
  async step(): Promise<boolean> {
    let isMore = false;
    for (const row of await this.#options.store.listActiveBackfills()) {
      isMore = (await this.#stepOf(row)) || isMore;
    }
    return isMore;
  }

  /** What is wrong with one backfill holds up no other. */
  async #stepOf(row: BackfillRow): Promise<boolean> {
    const { clock } = this.#options;
    try {
      return await (row.status === "canceling" ? this.#cancel(row) : this.#goOn(row));
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === "store-waiting") throw error;
      const actor = { by: "headwater", reason: error.message };
      await this.#change(row, { from: ["running"], to: "paused", actor, at: clock.now() });
      return false;
    }
  }

  async #goOn(row: BackfillRow): Promise<boolean> {
    const { store, clock } = this.#options;
    const going = await this.#going(row);
    const free = row.maxParallel - going;
    if (free <= 0 || (await this.#isHeld(row))) return false;
    const retries = await store.listBackfillRetries(row.id, free);
    if (retries.length > 0) return this.#restart(row, retries);
    if (row.cursor !== null) return this.#make(row, { cursor: row.cursor, free });
    if (going > 0) return false;
    const at = clock.now();
    await this.#change(row, { from: ["running"], to: "finished", actor: null, at });
    return false;
  }

  async #going({ id }: BackfillRow): Promise<number> {
    const counts = await this.#options.store.countBackfillRuns(id, GOING);
    return (counts.queued ?? 0) + (counts.running ?? 0);
  }

  /** After a failed run a strict workflow does not go on by itself. */
  async #isHeld(row: BackfillRow): Promise<boolean> {
    const { store, clock } = this.#options;
    const workflow = await store.findWorkflow(row);
    if (workflow?.properties.runStrategy.rule !== "strict_sequential") return false;
    const [failed] = await store.listRuns({ backfill: row.id, status: "failed", limit: 1 });
    if (failed === undefined || (failed.endedAt ?? 0) <= (row.changed?.at ?? 0)) return false;
    const reason = `run ${failed.number} failed and the workflow is strict_sequential: retry it, or resume the backfill without it`;
    const actor = { by: "headwater", reason };
    return this.#change(row, { from: ["running"], to: "paused", actor, at: clock.now() });
  }

  async #change(row: BackfillRow, change: BackfillChange): Promise<boolean> {
    const isChanged = await this.#options.store.changeBackfill(row.id, change);
    if (isChanged) this.#options.feed.publish([backfillChange({ ...row, status: change.to })]);
    return isChanged;
  }

  async #restart(row: BackfillRow, runIds: readonly string[]): Promise<boolean> {
    const { by } = row.changed ?? row;
    for (const runId of runIds) {
      const reason = `retry of backfill ${row.id}${(row.changed?.reason ?? "") === "" ? "" : `: ${row.changed?.reason}`}`;
      try {
        const what = { from: "incomplete", path: null, params: {}, version: null } as const;
        await this.#options.runs.restartRun(runId, { ...what, by, reason });
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code === "store-waiting") throw error;
        const fields = { backfill: row.id, run: runId, problem: error.message };
        this.#options.log.warn("a run of a backfill cannot be restarted", fields);
        await this.#options.store.dropBackfillRetry(runId);
      }
    }
    return true;
  }

  /** Moves on to where as many runs are made as are free, or past a number of items that need none. */
  async #make(
    row: BackfillRow,
    { cursor, free }: { readonly cursor: NonNullable<BackfillRow["cursor"]>; readonly free: number },
  ): Promise<boolean> {
    const { store, runs, feed } = this.#options;
    const part = await this.#runs.read(row, { cursor, limit: ITEMS_A_STEP });
    const taken = takeRuns(part.entries, free);
    const isAll = taken.length === part.entries.length;
    const { next } = isAll ? part : await this.#runs.read(row, { cursor, limit: taken.length });
    const made = taken.flatMap(({ run }) => run ?? []);
    const created = await store.advanceBackfill({
      id: row.id,
      position: cursor.position,
      cursor: next,
      skipped: taken.length - made.length,
      runs: made,
    });
    if (created === null) return true;
    runs.adopt(created);
    feed.publish([backfillChange(row)]);
    return true;
  }

  /** Its runs are stopped, a few at most; when they have ended, so has it. */
  async #cancel(row: BackfillRow): Promise<boolean> {
    const { store, runs, clock } = this.#options;
    const { by, reason } = row.changed ?? row;
    const going = await Promise.all(
      GOING.map((status) => store.listRuns({ backfill: row.id, status, limit: row.maxParallel })),
    );
    const unfinished = going.flat();
    for (const { id } of unfinished) {
      try {
        await runs.actOnRun(id, { kind: "cancel", by, reason: `backfill ${row.id}: ${reason}` });
      } catch (error) {
        // One that has ended meanwhile, or is being stopped already, needs nothing more.
        if (!(error instanceof ServiceError) || error.code === "store-waiting") throw error;
      }
    }
    if (unfinished.length > 0) return false;
    const at = clock.now();
    await this.#change(row, { from: ["canceling"], to: "canceled", actor: null, at });
    return false;
  }
}

/** The first items, as far as the runs of them go. */
function takeRuns(entries: readonly BackfillEntry[], free: number): readonly BackfillEntry[] {
  let left = free;
  const end = entries.findIndex(({ run }) => run !== null && (left -= 1) < 0);
  return end === -1 ? entries : entries.slice(0, end);
}

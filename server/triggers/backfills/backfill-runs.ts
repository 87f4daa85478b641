import { BACKFILL_BEGINNING, backfillPage } from "@headwater/engine";
import type { BackfillCursor, BackfillItem, BackfillPage } from "@headwater/engine";
import type { ValueTemplate } from "@headwater/workflow";
import { Versions } from "../../runs/versions.js";
import type { BackfillRow, BoundVersion, SlotRun } from "../../store/backfills.js";
import type { NewRun, WorkflowRow } from "../../store/store.js";
import { newRun } from "../new-run.js";
import type { BackfillsOptions } from "./backfills.js";
import { planOf } from "./planned-backfill.js";
import { isDone, readSlotsTaken } from "./slots-taken.js";

/** An item with what is known of it now. */
export interface BackfillEntry {
  readonly item: BackfillItem;
  /** Null for one that is passed over, or that nobody asked for. */
  readonly run: NewRun | null;
  readonly isSkipped: boolean;
  /** Its schedule is still to decide about the slot. */
  readonly isPending: boolean;
  readonly existing: SlotRun | null;
}

/** A part of what a backfill does, in order, and where it goes on; null at the end. */
export interface BackfillPart {
  readonly entries: readonly BackfillEntry[];
  readonly next: BackfillCursor | null;
}

export interface PartQuery {
  readonly cursor: BackfillCursor;
  readonly limit: number;
  /** Runs are made of these alone; default: of all. */
  readonly isWanted?: (item: BackfillItem) => boolean;
}

/** So many items are looked at before others get their turn. */
const ITEMS_COUNTED_AT_ONCE = 500;

/** Makes runs of the items of backfills. */
export class BackfillRuns {
  readonly #options: BackfillsOptions;
  readonly versions: Versions;

  constructor(options: BackfillsOptions) {
    this.#options = options;
    this.versions = new Versions(options.store);
  }

  /** The next items; see `backfillPage`. */
  async read(row: BackfillRow, query: PartQuery): Promise<BackfillPart> {
    const { store, scheduleReader } = this.#options;
    const { isWanted = () => true } = query;
    const plan = await planOf(row, { store, versions: this.versions });
    const { items, next } = backfillPage(plan, query, scheduleReader);
    const taken = await readSlotsTaken(row, { items, plan }, { store, reader: scheduleReader });
    const isNeeded = ({ position }: BackfillItem): boolean =>
      !taken.pending.has(position) && (row.redo || !isDone(taken.runs.get(position)));
    const wanted = items.filter((item) => isNeeded(item) && isWanted(item));
    const runs = await this.#runsOf(row, wanted);
    const entries = items.map((item) => {
      const { position } = item;
      const run = runs.get(position) ?? null;
      return {
        item,
        run,
        isSkipped: !isNeeded(item) || (run === null && isWanted(item)),
        isPending: taken.pending.has(position),
        existing: taken.runs.get(position) ?? null,
      };
    });
    return { entries, next };
  }

  /** How many items there are, or one more than `max`. `pause` lets others have their turn. */
  async count(row: BackfillRow, max: number, pause: () => Promise<void>): Promise<number> {
    const { store, scheduleReader } = this.#options;
    const plan = await planOf(row, { store, versions: this.versions });
    let total = 0;
    for (let cursor: BackfillCursor | null = BACKFILL_BEGINNING; cursor !== null && total <= max;) {
      const page: BackfillPage = backfillPage(plan, { cursor, limit: ITEMS_COUNTED_AT_ONCE }, scheduleReader);
      total += page.items.length;
      cursor = page.next;
      await pause();
    }
    return Math.min(total, max + 1);
  }

  /** By position; one whose workflow was not deployed then has none. */
  async #runsOf(row: BackfillRow, items: readonly BackfillItem[]): Promise<ReadonlyMap<number, NewRun>> {
    const { store } = this.#options;
    const runs = new Map<number, NewRun>();
    const workflow = items.length === 0 ? null : await store.findWorkflow(row);
    if (workflow === null) return runs;
    const bound = await this.#boundVersions(row, items);
    for (const [index, item] of items.entries()) {
      const version = bound[index] ?? null;
      if (version !== null)
        runs.set(item.position, await this.#runOf(row, item, { ...workflow, ...version }));
    }
    return runs;
  }

  async #boundVersions(
    row: BackfillRow,
    items: readonly BackfillItem[],
  ): Promise<readonly (BoundVersion | null)[]> {
    const { binding } = row;
    if (binding.kind === "then") {
      return this.#options.store.listDeployedAt(
        row,
        items.map(({ slotAt }) => slotAt ?? row.createdAt),
      );
    }
    const { versionId, commit, repositoryId } = binding;
    return items.map(() => ({ versionId, commit, repositoryId }));
  }

  async #runOf(row: BackfillRow, item: BackfillItem, workflow: WorkflowRow): Promise<NewRun> {
    const { ids, clock } = this.#options;
    const { position, slotAt } = item;
    const { definition } = await this.versions.read(workflow.versionId);
    const now = clock.now();
    return newRun(this.#options, {
      id: ids.next("run", now),
      // Late it is in any case.
      workflow: { ...workflow, properties: { ...workflow.properties, expect: null } },
      definition,
      trigger: {
        kind: "backfill",
        backfillId: row.id,
        by: row.by,
        position,
        slotAt,
        overlap: row.overlap,
        ...(item.slotAt === null ? {} : { schedule: item.schedule.schedule }),
      },
      triggerKey: `backfill:${row.id}:${position}`,
      dedupe: null,
      params: templatesOf(item),
      scheduledAt: slotAt ?? row.createdAt,
      now,
    });
  }
}

function templatesOf(item: BackfillItem): Readonly<Record<string, ValueTemplate>> {
  const own = Object.entries(item.params).map(([name, value]) => [name, { kind: "literal", value }] as const);
  return { ...(item.slotAt === null ? {} : item.schedule.params), ...Object.fromEntries(own) };
}

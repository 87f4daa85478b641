import type { Actor } from "@headwater/engine";
import { ServiceError } from "../../errors.js";
import type { BackfillRow, BackfillStatus } from "../../store/backfills.js";
import { Loop } from "../../loop.js";
import { BackfillRuns, type BackfillEntry } from "./backfill-runs.js";
import { backfillChange } from "./backfill-change.js";
import { Backfiller } from "./backfiller.js";
import type {
  BackfillAction,
  BackfillPreview,
  BackfillReport,
  BackfillRequest,
  Backfills,
  BackfillsOptions,
  PreviewedItem,
  PreviewPart,
} from "./backfills.js";
import { BACKFILL_RUNS_MAX, invalid, readRequest, tooMany, type ReadBackfill } from "./read-request.js";
import { reportOf } from "./report.js";

/** So many backfills may go on at once, in the whole service. */
export const ACTIVE_BACKFILLS_MAX = 100;

/** So many items are read before others get their turn. */
const ITEMS_A_PAGE = 500;

const CHANGES: Readonly<
  Record<
    Exclude<BackfillAction, "retry">,
    { readonly from: readonly BackfillStatus[]; readonly to: BackfillStatus }
  >
> = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "canceling" },
};

/** The backfills of this service; see `Backfills`. */
export function createBackfills(options: BackfillsOptions): Backfills {
  return new LocalBackfills(options);
}

class LocalBackfills implements Backfills {
  readonly #options: BackfillsOptions;
  readonly #runs: BackfillRuns;
  readonly #backfiller: Backfiller;
  readonly #loop: Loop;
  #isStopping = false;

  constructor(options: BackfillsOptions) {
    this.#options = options;
    this.#runs = new BackfillRuns(options);
    this.#backfiller = new Backfiller(options, this.#runs);
    const { clock, log } = options;
    this.#loop = new Loop({ name: "backfills", clock, log, round: () => this.#round() });
  }

  async start(): Promise<void> {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop.stop();
  }

  wake(): void {
    this.#loop.wake();
  }

  async #round(): Promise<null> {
    while (!this.#isStopping && (await this.#backfiller.step()));
    return null;
  }

  async create(request: BackfillRequest): Promise<BackfillReport> {
    const { store } = this.#options;
    const { row, made } = await this.#read(request);
    const active = await store.listActiveBackfills();
    const isRepeated = active.some((one) => isOfSameRequest(one, row));
    if (active.length >= ACTIVE_BACKFILLS_MAX && !isRepeated) throw invalid(request, tooManyGoOn(active));
    const { id } = await store.createBackfill(row, made);
    this.wake();
    return this.#told(id);
  }

  async preview(request: BackfillRequest, { after, limit }: PreviewPart): Promise<BackfillPreview> {
    const { row } = await this.#read(request);
    const isShown = ({ position }: { readonly position: number }): boolean =>
      position >= after && position < after + limit;
    const items: PreviewedItem[] = [];
    let skipped = 0;
    for (let cursor = row.cursor; cursor !== null;) {
      const part = await this.#runs.read(row, { cursor, limit: ITEMS_A_PAGE, isWanted: isShown });
      skipped += part.entries.filter(({ isSkipped }) => isSkipped).length;
      const shown = part.entries.filter(({ item }) => isShown(item));
      items.push(...shown.map((entry) => previewOf(row, entry)));
      cursor = part.next;
      await this.#pause();
    }
    return { row, skipped, items, next: after + limit < row.total ? after + limit : null };
  }

  async find(id: string): Promise<BackfillReport> {
    const row = await this.#options.store.findBackfill(id);
    if (row !== null) return reportOf(row, this.#options);
    throw new ServiceError(
      "backfill-not-found",
      `Cannot find backfill "${id}": there is none; "headwater backfills" lists them`,
    );
  }

  async list(query: Parameters<Backfills["list"]>[0]): Promise<readonly BackfillReport[]> {
    const rows = await this.#options.store.listBackfills(query);
    return Promise.all(rows.map((row) => reportOf(row, this.#options)));
  }

  async act(id: string, action: BackfillAction, { by, reason }: Actor): Promise<BackfillReport> {
    const { store, clock } = this.#options;
    const { row } = await this.find(id);
    const at = clock.now();
    if (action === "retry" || action === "resume") await this.#demandPlace(row, action);
    const isDone = await (action === "retry"
      ? store.retryBackfill(id, { by, reason, at })
      : store.changeBackfill(id, { ...CHANGES[action], actor: { by, reason }, at }));
    if (isDone === null || isDone === false) throw notAllowed(row, action);
    if (isDone === 0) {
      throw new ServiceError(
        "action-not-allowed",
        `Cannot retry backfill "${id}": none of its runs has failed`,
      );
    }
    this.wake();
    return this.#told(id);
  }

  /** One that stands still may go on: those that do are counted as where one begins. */
  async #demandPlace({ id, status }: BackfillRow, action: BackfillAction): Promise<void> {
    // Of one that cannot be resumed at all that is told.
    if (action === "resume" && !CHANGES.resume.from.includes(status)) return;
    const active = await this.#options.store.listActiveBackfills();
    if (active.length < ACTIVE_BACKFILLS_MAX || active.some((one) => one.id === id)) return;
    throw new ServiceError("action-not-allowed", `Cannot ${action} backfill "${id}": ${tooManyGoOn(active)}`);
  }

  /** How it stands now, which others are told of as well. */
  async #told(id: string): Promise<BackfillReport> {
    const report = await this.find(id);
    this.#options.feed.publish([backfillChange(report.row)]);
    return report;
  }

  /** What was asked for, with its items counted, before anything is made. */
  async #read(request: BackfillRequest): Promise<ReadBackfill> {
    const { clock, ids } = this.#options;
    const now = clock.now();
    const id = ids.next("bf", now);
    const { row, made } = await readRequest(request, {
      ...this.#options,
      versions: this.#runs.versions,
      id,
      now,
    });
    const total = await this.#runs.count(row, BACKFILL_RUNS_MAX, () => this.#pause());
    if (total > BACKFILL_RUNS_MAX) throw tooMany(request, `more than ${BACKFILL_RUNS_MAX} runs`);
    if (total === 0)
      throw invalid(request, "there is nothing to do: no slot of its schedule is in that time");
    return { row: { ...row, total }, made };
  }

  /** Others get their turn. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.afterTurn(resolve));
  }
}

function previewOf(
  row: BackfillRow,
  { item, run, existing, isSkipped, isPending }: BackfillEntry,
): PreviewedItem {
  const name = (number: number): string => `${row.project}/${row.workflow}#${number}`;
  return {
    position: item.position,
    slotAt: item.slotAt,
    timezone: item.slotAt === null ? null : item.schedule.timezone,
    params: run?.params ?? item.params,
    versionId: run?.versionId ?? null,
    problem: run?.failedReason ?? null,
    existing: existing === null ? null : { run: name(existing.number), status: existing.status },
    isSkipped,
    isPending,
  };
}

function isOfSameRequest(one: BackfillRow, other: BackfillRow): boolean {
  if (one.requestId === null) return false;
  return (["project", "environment", "workflow", "requestId"] as const).every(
    (key) => one[key] === other[key],
  );
}

function tooManyGoOn({ length }: readonly BackfillRow[]): string {
  return `${length} backfills go on, and no more may at once. Wait for one, or cancel one`;
}

function notAllowed({ id, status }: BackfillRow, action: BackfillAction): ServiceError {
  const words = status === "canceling" ? "being canceled" : status;
  return new ServiceError("action-not-allowed", `Cannot ${action} backfill "${id}": it is ${words}`);
}

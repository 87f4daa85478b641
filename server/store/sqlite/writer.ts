import { sleep, type Clock } from "../../clock.js";
import { StoreError } from "../store-error.js";
import type { RunAdvance, StoreHealth } from "../store.js";
import type { Connection } from "./connection.js";
import { passingFailure, toStoreError } from "./sqlite-failure.js";

export interface WriterOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** For messages. */
  readonly file: string;
  /** Writes neighbouring advances; answers one refusal or null for each, in order. */
  readonly applyAdvances: (
    connection: Connection,
    advances: readonly RunAdvance[],
  ) => Promise<readonly (StoreError | null)[]>;
  /** What was remembered of the transaction did not happen. */
  readonly onRollback: () => void;
  readonly onHealth?: ((health: StoreHealth) => void) | undefined;
  /** After every transaction, with the number of calls that shared it. */
  readonly onCommit?: ((calls: number) => void) | undefined;
}

const ROWS_PER_TRANSACTION_MAX = 1000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5000;

/** A call in the queue. `succeed` and `fail` answer its caller. */
type Job = {
  readonly rows: number;
  fail(error: unknown): void;
} & (
  | { readonly kind: "work"; readonly work: (connection: Connection) => Promise<() => void> }
  | { readonly kind: "advance"; readonly advance: RunAdvance; readonly succeed: () => void }
);

/** The answers to give, or why there are none. */
type Outcome = { readonly answers: readonly (() => void)[] } | { readonly error: unknown };

/**
 * The one queue of everything that is written, with group commit: what arrives while a transaction is being written
 * shares the next one, in order of arrival. A call is answered after its COMMIT, never before.
 *
 * ```
 * idle ──a call──▶ writing ──committed, more there──▶ writing
 *                   │  ▲  └──committed, none there──▶ idle
 *       disk fails  ▼  │ after 500 ms, 1 s, … 5 s
 *                  waiting
 * ```
 *
 * When one call of a batch fails for its own reasons the batch is rolled back and written again call by call, so that
 * only that one fails.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #stopping = new AbortController();
  readonly #queue: Job[] = [];
  #health: StoreHealth = { status: "ok" };
  #running: Promise<void> | null = null;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Runs `work` inside a transaction that others may share. It may run more than once, each time from the start. */
  write<Value>(work: (connection: Connection) => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#accept({
        kind: "work",
        rows: 1,
        async work(connection) {
          const value = await work(connection);
          return () => resolve(value);
        },
        fail: reject,
      });
    });
  }

  /** Neighbours in the queue are handed to `applyAdvances` together. */
  advance(advance: RunAdvance): Promise<void> {
    const rows = 2 + advance.steps.length + advance.signals.length;
    return new Promise((resolve, reject) => {
      this.#accept({ kind: "advance", rows, advance, succeed: resolve, fail: reject });
    });
  }

  /** `ok`, or since when and why writes wait. */
  health(): StoreHealth {
    return this.#health;
  }

  /** Waits for what was accepted; writes that a failing disk holds up get one last try and are then refused. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  #accept(job: Job): void {
    if (this.#stopping.signal.aborted) {
      job.fail(new StoreError("store-stopped", "Cannot write: the store is stopping"));
      return;
    }
    this.#queue.push(job);
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // The calls of the same tick share the first transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(takeBatch(this.#queue));
    this.#running = null;
  }

  /** Writes the batch, however long the disk makes it wait, and answers its callers. */
  async #commit(batch: readonly Job[]): Promise<void> {
    for (let retryMs = RETRY_FIRST_MS; ; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
      const isLastTry = this.#stopping.signal.aborted;
      const outcome = await this.#tryCommit(batch);
      if ("answers" in outcome) {
        this.#answer(outcome.answers);
        return;
      }
      const reason = passingFailure(outcome.error, this.#options.file);
      if (reason === null) {
        await this.#commitApart(batch, outcome.error);
        return;
      }
      this.#changeHealth({ status: "waiting", since: this.#waitingSince(), reason });
      if (isLastTry) {
        refuse(batch, reason);
        return;
      }
      await sleep(this.#options.clock, retryMs, this.#stopping.signal);
    }
  }

  async #tryCommit(batch: readonly Job[]): Promise<Outcome> {
    const { connection, onRollback } = this.#options;
    // Advances alone are one statement, which SQLite makes a transaction by itself.
    const isOneStatement = batch.every(({ kind }) => kind === "advance");
    try {
      if (!isOneStatement) await connection.run("BEGIN IMMEDIATE");
      const answers = await this.#apply(batch);
      if (!isOneStatement) await connection.run("COMMIT");
      return { answers };
    } catch (error) {
      onRollback();
      // SQLite rolls back by itself on some failures; then there is no transaction left to roll back.
      await connection.run("ROLLBACK").catch(() => undefined);
      return { error };
    }
  }

  async #apply(batch: readonly Job[]): Promise<readonly (() => void)[]> {
    const answers: (() => void)[] = [];
    for (const group of neighbours(batch)) {
      if (group.kind === "work") answers.push(await group.work(this.#options.connection));
      else answers.push(...(await this.#applyAdvances(group.jobs)));
    }
    return answers;
  }

  async #applyAdvances(jobs: readonly AdvanceJob[]): Promise<readonly (() => void)[]> {
    const advances = jobs.map((job) => job.advance);
    const refusals = await this.#options.applyAdvances(this.#options.connection, advances);
    return jobs.map((job, index) => {
      const refusal = refusals[index] ?? null;
      return refusal === null ? job.succeed : () => job.fail(refusal);
    });
  }

  /** One call of the batch cannot be written, whoever it is: the others can. */
  async #commitApart(batch: readonly Job[], error: unknown): Promise<void> {
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0) only.fail(toStoreError(error, this.#options.file));
    else for (const job of batch) await this.#commit([job]);
  }

  #answer(answers: readonly (() => void)[]): void {
    for (const answer of answers) answer();
    if (this.#health.status !== "ok") this.#changeHealth({ status: "ok" });
    this.#options.onCommit?.(answers.length);
  }

  #waitingSince(): number {
    return this.#health.status === "waiting" ? this.#health.since : this.#options.clock.now();
  }

  #changeHealth(health: StoreHealth): void {
    this.#health = health;
    this.#options.onHealth?.(health);
  }
}

function refuse(batch: readonly Job[], reason: string): void {
  for (const job of batch) {
    job.fail(new StoreError("store-stopped", `Cannot write before stopping: ${reason}`));
  }
}

type AdvanceJob = Extract<Job, { kind: "advance" }>;
type WorkJob = Extract<Job, { kind: "work" }>;

function takeBatch(queue: Job[]): readonly Job[] {
  let rows = 0;
  let count = 0;
  for (const job of queue) {
    rows += job.rows;
    if (count > 0 && rows > ROWS_PER_TRANSACTION_MAX) break;
    count += 1;
  }
  return queue.splice(0, count);
}

function neighbours(
  batch: readonly Job[],
): readonly (WorkJob | { readonly kind: "advances"; readonly jobs: readonly AdvanceJob[] })[] {
  const groups: (WorkJob | { readonly kind: "advances"; readonly jobs: AdvanceJob[] })[] = [];
  for (const job of batch) {
    const last = groups.at(-1);
    if (job.kind === "work") groups.push(job);
    else if (last?.kind === "advances") last.jobs.push(job);
    else groups.push({ kind: "advances", jobs: [job] });
  }
  return groups;
}

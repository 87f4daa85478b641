import { join } from "node:path";
import type { AttemptName, AttemptResult, AttemptRequest, Taken } from "@headwater/engine";
import type { Capacity, CapacityWait, Ticket } from "../capacity/capacity.js";
import { describeWait } from "../capacity/describe-wait.js";
import type { Clock } from "../clock.js";
import type { Source } from "../source/source.js";
import type { Attempt } from "../steps/step-context.js";
import { isPreview } from "../store/previews.js";
import type { RunRow } from "../store/store.js";
import type { Workers } from "../workers/workers.js";
import type { BegunAttempts } from "./begun-attempts.js";

export interface DispatcherOptions {
  readonly workers: Workers;
  readonly capacity: Capacity;
  readonly source: Pick<Source, "checkOut" | "endRun">;
  readonly dataFolder: string;
  readonly clock: Pick<Clock, "now">;
  readonly begun: Pick<BegunAttempts, "begin" | "hadBegun">;
  /** The log file of an attempt; see `logs`. */
  readonly logFile: (runId: string, path: string, attempt: number) => string;
  readonly outputFile: (runId: string, path: string, attempt: number) => string;
}

/** Whose share an attempt counts against, and what it holds while it executes. */
export type AttemptNeeds = Pick<Ticket, "owner" | "isBackfill" | "priority" | "pool" | "permits" | "places">;

/** One attempt on its way to a worker. */
export interface Dispatch {
  readonly run: RunRow;
  /** What must be free for it to begin. */
  readonly needs: AttemptNeeds;
  readonly path: string;
  readonly attempt: number;
  /** Asked when the slot is there, so that thousands of waiting attempts hold no scripts. */
  readonly request: () =>
    | { readonly ok: true; readonly request: AttemptRequest }
    | { readonly ok: false; readonly message: string };
  readonly kind: string;
  /** With what it waited for before, where it waited at all. */
  readonly onStarted: (taken: Taken | undefined) => void;
  /** The same of one that has not started. */
  readonly onEnded: (result: AttemptResult, taken?: Taken) => void;
}

interface Executing {
  readonly stop: AbortController;
  readonly taken: Taken;
  hasStarted: boolean;
}

/** Takes attempts to workers as capacity allows, and stops those that are canceled, wherever they are. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #executing = new Map<string, Executing>();
  readonly #waiting = new Map<string, Dispatch>();
  /** Runs that have ended while attempts of theirs are still on their way to stop. */
  readonly #ended = new Map<string, RunRow>();

  #isStopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  enqueue(dispatch: Dispatch): void {
    const key = stepKey(dispatch.run.id, dispatch.path);
    if (this.#executing.has(key) || this.#waiting.has(key)) return;
    const { needs } = dispatch;
    const isFree = needs.pool === null && needs.permits.length === 0 && needs.places.length === 0;
    if (isFree) return this.#begin(key, dispatch, null);
    this.#waiting.set(key, dispatch);
    this.#options.capacity.request({ key, begin: (lacked) => this.#begin(key, dispatch, lacked), ...needs });
  }

  /** The attempt answers with `canceled`, now when it has not begun. */
  cancel(runId: string, path: string): void {
    const key = stepKey(runId, path);
    this.#executing.get(key)?.stop.abort("canceled");
    this.#takeBack(key, { status: "canceled" });
  }

  /** An attempt that has not begun answers with `withdrawn`; one that has goes on. */
  withdraw(runId: string, path: string): void {
    this.#takeBack(stepKey(runId, path), { status: "withdrawn" });
  }

  /** Begins nothing more: what has not begun is found again by the next start, and has lost nothing. */
  stop(): void {
    this.#isStopped = true;
  }

  #takeBack(key: string, result: AttemptResult): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    this.#options.capacity.release(key);
    waiting.onEnded(result);
  }

  /** Stops everything of a run; nobody hears how it ended. */
  stopRun(runId: string): void {
    const prefix = stepKey(runId, "");
    for (const key of [...this.#waiting.keys()].filter((one) => one.startsWith(prefix))) {
      this.#waiting.delete(key);
      this.#options.capacity.release(key);
    }
    for (const [key, { stop }] of this.#executing) if (key.startsWith(prefix)) stop.abort("canceled");
  }

  /** Those that the last life of the service had handed to a worker. */
  begunBefore(runId: string, attempts: readonly AttemptName[]): readonly AttemptName[] {
    return attempts.filter((attempt) => this.#options.begun.hadBegun(runId, attempt));
  }

  /** The run has ended: what was kept for it goes as soon as none of its attempts executes any more. */
  endRun(run: RunRow): void {
    if (this.#executesFor(run)) this.#ended.set(run.id, run);
    else this.#options.source.endRun(run);
  }

  waitReason(runId: string, path: string): string | null {
    const wait = this.capacityWait(runId, path);
    return wait === null ? null : describeWait(wait);
  }

  /** What an attempt waits for that has not begun, as data. */
  capacityWait(runId: string, path: string): CapacityWait | null {
    return this.#options.capacity.wait(stepKey(runId, path));
  }

  /** Since when a worker has an attempt of the step that has not started yet; null for none. */
  takenBy(runId: string, path: string): Taken | null {
    const executing = this.#executing.get(stepKey(runId, path));
    return executing === undefined || executing.hasStarted ? null : executing.taken;
  }

  /** Whether a worker has an attempt of the step. */
  isExecuting(runId: string, path: string): boolean {
    return this.#executing.has(stepKey(runId, path));
  }

  #begin(key: string, dispatch: Dispatch, lacked: Taken["lacked"]): void {
    if (this.#isStopped) return;
    const stop = new AbortController();
    const executing = { stop, taken: { at: this.#options.clock.now(), lacked }, hasStarted: false };
    this.#waiting.delete(key);
    this.#executing.set(key, executing);
    void this.#execute(dispatch, executing).then((result) => {
      this.#executing.delete(key);
      this.#options.capacity.release(key);
      const taken = executing.hasStarted ? undefined : this.#worthTelling(executing.taken);
      dispatch.onEnded(result, taken);
      const ended = this.#ended.get(dispatch.run.id);
      if (ended !== undefined && this.#ended.delete(ended.id)) this.endRun(ended);
    });
  }

  /** What neither waited nor took time to start has nothing to tell. */
  #worthTelling(taken: Taken): Taken | undefined {
    return taken.lacked === null && taken.at >= this.#options.clock.now() ? undefined : taken;
  }

  #executesFor(run: RunRow): boolean {
    const prefix = stepKey(run.id, "");
    return [...this.#executing.keys()].some((key) => key.startsWith(prefix));
  }

  /** Never rejects: workers answer failures as results, and so does a request that cannot be computed. */
  async #execute(dispatch: Dispatch, executing: Executing): Promise<AttemptResult> {
    const request = dispatch.request();
    if (!request.ok) return { status: "failed", class: "error", message: request.message, retryable: false };
    const { run, path, attempt, kind } = dispatch;
    if (kind !== "noop") this.#options.begun.begin(run.id, path, attempt);
    const dispatched = new DispatchedAttempt(dispatch, request.request, this.#options);
    return this.#options.workers.execute(dispatched, executing.stop, () => {
      executing.hasStarted = true;
      dispatch.onStarted(this.#worthTelling(executing.taken));
    });
  }
}

type Surroundings = Pick<DispatcherOptions, "source" | "dataFolder" | "logFile" | "outputFile">;

/** What not every kind asks for is worked out when it is asked. */
class DispatchedAttempt implements Attempt {
  readonly runId: string;
  readonly path: string;
  readonly attempt: number;
  readonly request: AttemptRequest;
  readonly #run: RunRow;
  readonly #surroundings: Surroundings;

  constructor({ run, path, attempt }: Dispatch, request: AttemptRequest, surroundings: Surroundings) {
    this.runId = run.id;
    this.path = path;
    this.attempt = attempt;
    this.request = request;
    this.#run = run;
    this.#surroundings = surroundings;
  }

  get variables(): Attempt["variables"] {
    return variablesOf(this.#run, this.path, this.attempt);
  }

  get secretScope(): Attempt["secretScope"] {
    return isPreview(this.#run) ? "preview" : "live";
  }

  tree(): Promise<string> {
    return this.#surroundings.source.checkOut(this.#run);
  }

  get dataFolder(): string {
    return join(this.#surroundings.dataFolder, "data", this.#run.project, this.#run.environment);
  }

  get logFile(): string {
    return this.#surroundings.logFile(this.runId, this.path, this.attempt);
  }

  get outputFile(): string {
    return this.#surroundings.outputFile(this.runId, this.path, this.attempt);
  }
}

function variablesOf(run: RunRow, path: string, attempt: number): Readonly<Record<string, string>> {
  return {
    HEADWATER_PROJECT: run.project,
    HEADWATER_ENVIRONMENT: run.environment,
    HEADWATER_WORKFLOW: run.workflow,
    HEADWATER_RUN_ID: run.id,
    HEADWATER_RUN_NUMBER: String(run.number),
    HEADWATER_COMMIT: run.commit,
    HEADWATER_STEP: path,
    HEADWATER_ATTEMPT: String(attempt),
    HEADWATER_SCHEDULED_AT: new Date(run.scheduledAt).toISOString(),
  };
}

/** A step has one attempt at a time: the engine asks for the next one when the last has answered. */
function stepKey(runId: string, path: string): string {
  return `${runId} ${path}`;
}

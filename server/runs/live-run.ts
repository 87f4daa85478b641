import { decide, describeSteps, jobsOf, requestProblem } from "@headwater/engine";
import type { Action, Effect, RunEvent, RunState } from "@headwater/engine";
import { ServiceError } from "../errors.js";
import type { RunAdvance, RunRow } from "../store/store.js";
import { Batch } from "./batch.js";
import { failRun } from "./failed-run.js";
import { endOfNoop, isFreeNoop } from "./noops.js";
import { factsOf } from "./replay.js";
import type { ReplayedRun, RunFacts, SnapshotSize } from "./replay.js";
import type { RequestOutcome, RunRequest } from "./run-actions.js";
import type { RunChange } from "./run-changes.js";

/** What a batch of events did to a run: what must be durable, and then be performed. */
export interface Advanced extends RunChange {
  /** The run as the batch has left it. */
  readonly row: RunRow;
  readonly effects: readonly Effect[];
  /** Who wants to know when it is durable, or that it never will be. */
  readonly awaitedBy: readonly ((isDurable: boolean) => void)[];
}

/** Tells who asked why, where it is. */
export type IsRefused = (state: RunState) => boolean;

interface Arrival {
  event: RunEvent;
  readonly at: number;
  /** Of what somebody asks: whether it is not allowed as the run is when it is decided; then it has not happened. */
  readonly isRefused: IsRefused | undefined;
  /** Who wants to know when it is durable, or that it never will be. */
  readonly tell: ((isDurable: boolean) => void) | undefined;
  /** True once a later arrival says the same and more. */
  isTold: boolean;
}

/** One run in memory: the engine's state, where its journal stands, and what has arrived for it. */
export class LiveRun {
  row: RunRow;
  /** Of the last one that is on disk. */
  snapshot: SnapshotSize;
  /** Asks for what has arrived to be decided now, not only with what comes next. */
  isHurried = false;
  /** How far its time is ahead of the `SteadyClock` of this life of the service; behind where that is ahead of the wall. */
  aheadMs = 0;
  #inbox: Arrival[] = [];
  /** By path: those in the inbox that say only that an attempt has begun. */
  readonly #beginnings = new Map<string, Arrival>();
  readonly #state: RunState;
  /** What a restart has bound it to, until that is written. */
  #rebound: NonNullable<RunAdvance["rebound"]> | null = null;
  #seq: number;
  #lastAt: number;

  constructor(row: RunRow, { state, seq, at, snapshot }: ReplayedRun) {
    this.row = row;
    this.snapshot = snapshot;
    this.#state = state;
    this.#seq = seq;
    this.#lastAt = at;
  }

  /** What the run is told of its surroundings; its first event keeps them. */
  get facts(): RunFacts {
    return factsOf(this.#state);
  }

  /** The last entry of its journal, on disk or on its way there. */
  get seq(): number {
    return this.#seq;
  }

  /** Nothing that happens to it has an earlier time. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Whether anything has arrived. */
  get hasArrivals(): boolean {
    return this.#inbox.length > 0;
  }

  /** Something has arrived, and should not wait for company. */
  get isUrgent(): boolean {
    return this.isHurried && this.hasArrivals;
  }

  get state(): RunState {
    return this.#state;
  }

  /** @throws ServiceError internal when the journal does not lead to what the row says, as of a run that was given up */
  checkStatus(): void {
    if (this.#state.status === this.row.status) return;
    const problem = `its journal ends as ${this.#state.status}, its row says ${this.row.status}`;
    throw new ServiceError("internal", problem);
  }

  /** Keeps an event until it is decided. Times never go back within a run, whatever the clock of the machine does. */
  receive(
    event: RunEvent,
    now: number,
    { isRefused, tell }: Partial<Pick<Arrival, "isRefused" | "tell">> = {},
  ): void {
    this.#lastAt = Math.max(this.#lastAt, now);
    const at = this.#lastAt;
    const arrival: Arrival = { event, at, isRefused, tell, isTold: false };
    if (event.kind === "attempt_started") this.#beginnings.set(event.path, arrival);
    else if (event.kind === "attempt_ended") arrival.event = this.#withBeginning(event);
    this.#inbox.push(arrival);
  }

  /** An attempt that ends before anybody was told that it began says both at once. */
  #withBeginning(event: RunEvent & { readonly kind: "attempt_ended" }): RunEvent {
    const { kind, path, attempt, result } = event;
    const began = this.#beginnings.get(path);
    if (began?.event.kind !== "attempt_started" || began.event.attempt !== attempt) return event;
    began.isTold = true;
    const { taken } = began.event;
    return { kind, path, attempt, startedAt: began.at, ...(taken === undefined ? {} : { taken }), result };
  }

  /** Keeps what somebody asks until it is decided. Answers when it is durable, never will be, or why it is not allowed. */
  ask(request: RunRequest, now: number): Promise<RequestOutcome> {
    return new Promise((resolve) => {
      this.receive(request, now, {
        isRefused: (state) => {
          const problem = requestProblem(state, request);
          if (problem !== null) resolve(problem);
          return problem !== null;
        },
        tell: (isDurable) => resolve(isDurable ? "done" : "lost"),
      });
    });
  }

  /**
   * Decides what has arrived, each event at the time of its arrival. With `max` the first so many, and among them the ends of noops that
   * begin by it: who executes nothing need not wait for the disk between its beginning and its end. Without it nothing follows.
   */
  decideInbox(max?: number): Advanced {
    const arrivals = this.#takeInbox(max ?? Infinity);
    try {
      return this.#decide(arrivals, max ?? 0);
    } catch (error) {
      // None of them has happened: who waits for them is told when the run is given up.
      this.#inbox = [...arrivals, ...this.#inbox];
      throw error;
    }
  }

  /** @param max of what is decided, with the ends of noops */
  #decide(arrivals: Arrival[], max: number): Advanced {
    const before = this.row;
    const batch = new Batch();
    // Grows by the ends of noops while it is gone through.
    for (const { event, at, isRefused, tell } of arrivals) {
      if (isRefused?.(this.#state) === true) {
        tell?.(false);
        continue;
      }
      const decision = decide(this.#state, event, at);
      this.#seq += 1;
      const effects = this.#endNoops(decision.effects, arrivals, max);
      batch.add({ seq: this.#seq, at, event }, { decision, effects, row: this.row, tell });
      this.#updateRow(decision.effects, at);
      if (decision.effects.some(({ kind }) => kind === "requeue")) this.#rebind(bindingOf(event));
    }
    return {
      advance: { ...batch.advance(this.row, this.#takeRebound()), jobs: jobsOf(this.#state) },
      row: this.row,
      effects: batch.effects,
      isRunChanged: isOtherRun(before, this.row),
      awaitedBy: batch.awaitedBy,
    };
  }

  /** What remains to be performed once the noops that begin have ended, as the next to be decided. */
  #endNoops(effects: readonly Effect[], arrivals: Arrival[], max: number): readonly Effect[] {
    if (arrivals.length >= max) return effects;
    const at = arrivals.at(-1)?.at ?? this.#lastAt;
    return effects.filter((effect) => {
      if (arrivals.length >= max || !isFreeNoop(this.#state, this.row, effect)) return true;
      arrivals.push({
        event: endOfNoop(effect, at),
        at,
        isRefused: undefined,
        tell: undefined,
        isTold: false,
      });
      return false;
    });
  }

  /** The run ends here, without its engine having a say. */
  fail(reason: string, at: number): Advanced {
    const { row, advance } = failRun(this.row, {
      reason,
      at: Math.max(at, this.#lastAt),
      steps: describeSteps(this.#state),
      jobs: jobsOf(this.#state),
    });
    this.row = row;
    const effect: Effect = { kind: "finish", status: "failed", reason };
    const awaitedBy = this.#inbox.flatMap(({ tell }) => tell ?? []);
    this.#inbox = [];
    return { row, advance, effects: [effect], isRunChanged: true, awaitedBy };
  }

  /** The run is restarted: nothing of its end counts any more. */
  #rebind({ version, params }: Bound): void {
    const { id: versionId, commit } = version ?? { id: this.row.versionId, commit: this.row.commit };
    const bound = { attempt: this.#state.attempt, versionId, commit, params: params ?? this.row.params };
    this.#rebound = bound;
    this.row = { ...this.row, ...bound, reason: null, endedAt: null, outputs: null };
  }

  #takeRebound(): Pick<RunAdvance, "rebound"> {
    const rebound = this.#rebound;
    this.#rebound = null;
    return rebound === null ? {} : { rebound };
  }

  #takeInbox(max: number): Arrival[] {
    if (this.#inbox.length <= max) {
      const arrivals = this.#inbox.filter(({ isTold }) => !isTold);
      this.#inbox = [];
      this.#beginnings.clear();
      this.isHurried = false;
      return arrivals;
    }
    const arrivals = this.#inbox.splice(0, max);
    for (const arrival of arrivals) {
      const { event } = arrival;
      if (event.kind === "attempt_started" && this.#beginnings.get(event.path) === arrival)
        this.#beginnings.delete(event.path);
    }
    return arrivals.filter(({ isTold }) => !isTold);
  }

  /** The state alone says what the run is; an event may have come too late to matter. */
  #updateRow(effects: readonly Effect[], at: number): void {
    const { status, startedAt, lateAt } = this.#state;
    const { row } = this;
    if (status !== row.status || startedAt !== row.startedAt || lateAt !== row.lateAt)
      this.row = { ...row, status, startedAt, lateAt };
    for (const effect of effects) {
      if (effect.kind !== "finish") continue;
      this.row = { ...this.row, reason: effect.reason, endedAt: at, outputs: effect.outputs ?? null };
    }
  }
}

function isOtherRun(before: RunRow, now: RunRow): boolean {
  return now.status !== before.status || now.lateAt !== before.lateAt;
}

type Bound = Pick<Action & { readonly name: "restart" }, "version" | "params">;

/** What a run is bound to that had ended and is set going again; null where that stays. */
function bindingOf(event: RunEvent): Bound {
  return event.kind === "action" && event.action.name === "restart"
    ? event.action
    : { version: null, params: null };
}

import {
  createRun,
  decide,
  describeSteps,
  dottedPath,
  outcomeOfEvent,
  requestProblem,
} from "@headwater/engine";
import type {
  Decision,
  Action,
  ActionProblem,
  Effect,
  RunEvent,
  RunState,
  StepChange,
} from "@headwater/engine";
import type { Evaluator } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import { runEnded, runLate } from "../store/run-ended-signal.js";
import type { SignalOrigin } from "../store/run-trigger.js";
import type {
  ForgottenSteps,
  JournalEntry,
  NewRemembered,
  NewSignal,
  RunAdvance,
  RunRow,
  VersionRow,
} from "../store/store.js";
import { failRun } from "./failed-run.js";
import type { RequestOutcome, RunRequest } from "./run-actions.js";
import type { RunChange } from "./run-changes.js";

/** What a batch of events did to a run: what must be durable, and then be performed. */
export interface Advanced extends RunChange {
  readonly effects: readonly Effect[];
  /** Who wants to know when it is durable, or that it never will be. */
  readonly awaitedBy: readonly ((isDurable: boolean) => void)[];
}

/** What a run is told about its place in the world. */
export interface RunContext {
  readonly owner: string | null;
  /** Of the service. */
  readonly url: string;
  /** One for all runs: it remembers the expressions that it has parsed. */
  readonly evaluator: Evaluator;
  /** What has happened to it so far, and what it began with. */
  readonly journal: readonly JournalEntry[];
  readonly params: RunRow["params"];
  readonly commit: string;
}

interface Arrival {
  event: RunEvent;
  readonly at: number;
  /** Of what somebody asks: told why it is not allowed, in which case it has not happened. */
  readonly refuse: ((problem: ActionProblem) => void) | undefined;
  /** True once a later arrival says the same and more. */
  isTold: boolean;
}

/** One run in memory: the engine's state, where its journal stands, and what has arrived for it. */
export class LiveRun {
  row: RunRow;
  /** Asks for what has arrived to be decided now, not only with what comes next. */
  isHurried = false;
  /** True while a batch of this run is being decided or written. */
  isBusy = false;
  /** What the run is told of its surroundings; its first event keeps them. */
  readonly facts: Surroundings;
  #inbox: Arrival[] = [];
  /** By path: those in the inbox that say only that an attempt has begun. */
  readonly #beginnings = new Map<string, Arrival>();
  #awaitedBy: ((isDurable: boolean) => void)[] = [];
  #state: RunState;
  /** What a restart has bound it to, until that is written. */
  #rebound: NonNullable<RunAdvance["rebound"]> | null = null;
  #seq = 0;
  #lastAt = 0;

  /** @throws ServiceError internal when its journal cannot be replayed */
  constructor(row: RunRow, version: VersionRow, context: RunContext) {
    this.row = row;
    this.facts = factsOf(context.journal) ?? { owner: context.owner, url: `${context.url}/#${row.id}` };
    this.#state = createRun({
      definition: version.definition,
      params: context.params,
      run: {
        id: row.id,
        number: row.number,
        scheduledAt: row.scheduledAt,
        createdAt: row.createdAt,
        trigger: row.trigger.kind,
        commit: context.commit,
        environment: row.environment,
        url: this.facts.url,
      },
      dueAt: row.dueAt,
      workflow: { id: row.workflow, version: version.number, owner: this.facts.owner },
      signal: row.trigger.kind === "signal" ? row.trigger.params : null,
      signals: row.trigger.kind === "all" ? paramsByName(row.trigger.signals) : {},
      evaluator: context.evaluator,
    });
    for (const entry of context.journal) {
      this.#state = replay(this.#state, entry);
      this.#seq = entry.seq;
      this.#lastAt = entry.at;
    }
  }

  /** Something has arrived, and should not wait for company. */
  get isUrgent(): boolean {
    return this.isHurried && this.#inbox.length > 0;
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
  receive(event: RunEvent, now: number, refuse?: Arrival["refuse"]): void {
    this.#lastAt = Math.max(this.#lastAt, now);
    const at = this.#lastAt;
    const arrival: Arrival = { event, at, refuse, isTold: false };
    if (event.kind === "attempt_started") this.#beginnings.set(event.path, arrival);
    else if (event.kind === "attempt_ended") arrival.event = this.#withBeginning(event);
    this.#inbox.push(arrival);
  }

  /** An attempt that ends before anybody was told that it began says both at once. */
  #withBeginning(event: RunEvent & { readonly kind: "attempt_ended" }): RunEvent {
    const { kind, path, attempt, result } = event;
    const began = this.#beginnings.get(path);
    if (began === undefined || !isOfAttempt(began.event, attempt)) return event;
    began.isTold = true;
    return { kind, path, attempt, startedAt: began.at, result };
  }

  /** Keeps what somebody asks until it is decided. Answers when it is durable, never will be, or why it is not allowed. */
  async ask(request: RunRequest, now: number): Promise<RequestOutcome> {
    const refused = new Promise<ActionProblem>((resolve) => this.receive(request, now, resolve));
    const settled = this.whenDurable();
    const outcome = await Promise.race([refused, settled]);
    return typeof outcome === "boolean" ? (outcome ? "done" : "lost") : outcome;
  }

  /** Answers when all that has arrived by now is durable; false when it never will be. */
  whenDurable(): Promise<boolean> {
    return new Promise((resolve) => this.#awaitedBy.push(resolve));
  }

  /** Decides everything that has arrived, each event at the time of its arrival. */
  decideInbox(): Advanced {
    const before = this.row;
    const entries: JournalEntry[] = [];
    const effects: Effect[] = [];
    const signals: NewSignal[] = [];
    const remembered: NewRemembered[] = [];
    const changes = new Map<string, StepChange>();
    const forgotten: ForgottenSteps[] = [];
    const awaitedBy = this.#awaitedBy;
    this.#awaitedBy = [];
    for (const { event, at, refuse } of this.#takeInbox()) {
      const problem = refuse === undefined ? null : requestProblem(this.#state, event);
      if (problem !== null) {
        refuse?.(problem);
        continue;
      }
      const decision = decide(this.#state, event, at);
      this.#state = decision.state;
      this.#seq += 1;
      entries.push(entryOf({ seq: this.#seq, at, event }, decision));
      for (const effect of decision.effects) {
        effects.push(effect);
        signals.push(...this.#signal(effect, at));
        if (effect.kind === "remember") remembered.push(rememberedBy(effect, at));
        if (effect.kind === "forget_steps") forgotten.push(forget(changes, effect));
      }
      for (const change of decision.changes) changes.set(change.path, change);
      this.#updateRow(decision.effects, at);
      if (decision.effects.some(({ kind }) => kind === "requeue")) this.#rebind(bindingOf(event));
    }
    const { status, reason, startedAt, endedAt, outputs, lateAt } = this.row;
    const run = { status, reason, startedAt, endedAt, outputs, lateAt };
    return {
      advance: {
        runId: this.row.id,
        entries,
        run,
        ...this.#takeRebound(),
        forgotten,
        steps: [...changes.values()],
        signals,
        remembered,
      },
      effects,
      isRunChanged: isOtherRun(before, this.row),
      awaitedBy,
    };
  }

  /** The run ends here, without its engine having a say. */
  fail(reason: string, at: number): Advanced {
    const { row, advance } = failRun(this.row, { reason, at, steps: describeSteps(this.#state) });
    this.row = row;
    const effect: Effect = { kind: "finish", status: "failed", reason };
    return { advance, effects: [effect], isRunChanged: true, awaitedBy: this.#awaitedBy };
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

  #takeInbox(): readonly Arrival[] {
    const arrivals = this.#inbox.filter(({ isTold }) => !isTold);
    this.#inbox = [];
    this.#beginnings.clear();
    this.isHurried = false;
    return arrivals;
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

  #signal(effect: Effect, at: number): readonly NewSignal[] {
    const { id } = this.row;
    if (effect.kind === "emit") {
      return [{ key: `${id}/${effect.key}`, signal: effect.signal, params: effect.params, runId: id, at }];
    }
    if (effect.kind === "late") return [runLate(this.row, { dueAt: effect.dueAt, at })];
    if (effect.kind === "finish") return [runEnded(this.row, { status: effect.status, at })];
    return [];
  }
}

function entryOf(entry: JournalEntry, decision: Decision): JournalEntry {
  const outcome = outcomeOfEvent(decision);
  return outcome === null ? entry : { ...entry, outcome };
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

/** What the same batch had said of the steps before is void. */
function forget(
  changes: Map<string, StepChange>,
  { path, isGone }: Effect & { readonly kind: "forget_steps" },
): ForgottenSteps {
  for (const other of changes.keys()) {
    if (other.startsWith(`${path}[`) || (isGone && other === path)) changes.delete(other);
  }
  return { path, isGone };
}

function replay(state: RunState, { seq, event, at }: JournalEntry): RunState {
  try {
    return decide(state, event, at).state;
  } catch (cause) {
    const entry = `entry ${seq} of its journal, "${event.kind}", cannot be replayed`;
    throw new ServiceError("internal", `${entry}: ${String(cause)}`, { cause });
  }
}

function isOfAttempt(event: RunEvent, attempt: number): boolean {
  return "attempt" in event && event.attempt === attempt;
}

function paramsByName(signals: Readonly<Record<string, SignalOrigin>>): Readonly<Record<string, Params>> {
  return Object.fromEntries(Object.entries(signals).map(([name, { params }]) => [name, params]));
}

type Params = SignalOrigin["params"];

function rememberedBy(effect: Effect & { readonly kind: "remember" }, at: number): NewRemembered {
  const { path, key, outputs } = effect;
  return { step: dottedPath(path), key, outputs, at };
}

type Surroundings = Extract<RunEvent, { readonly kind: "start" }>["facts"] & object;

function factsOf(journal: readonly JournalEntry[]): Surroundings | undefined {
  return journal
    .map(({ event }) => (event.kind === "start" ? event.facts : undefined))
    .find((facts) => facts);
}

import assert from "node:assert/strict";
import { STEP_TRANSITIONS, actionProblem, decide, isRunEnded, isStepEnded } from "@headwater/engine";
import type {
  AttemptName,
  Action,
  AttemptResult,
  Effect,
  RunEvent,
  RunState,
  StepChange,
  StepStatus,
} from "@headwater/engine";
import type {
  ForeachStep,
  Require,
  StepCommon,
  StepDefinition,
  WorkflowDefinition,
} from "@headwater/workflow";
import { approval, child, foreach, noop, run, sleep, whileLoop, workflow } from "./builder.js";
import { randomAction } from "./random-action.js";

const GATE = { signal: "updated", match: [], lookbackMs: null, timeoutMs: null } as const;
const REQUIRES: readonly Require[] = [
  "all_succeeded",
  "all_succeeded",
  "any_succeeded",
  "any_failed",
  "all_finished",
];

/** Plays the world around one run: workers, timers, signals and people, in a random order, some of it twice or late. */
export class RandomShell {
  readonly steps = new Map<string, StepChange>();
  readonly journal: {
    at: number;
    event: Parameters<typeof decide>[1];
    changes: unknown;
    effects: unknown;
  }[] = [];
  readonly impossible: string[] = [];
  /** Loops with more iterations at once than they allow. */
  readonly tooWide: string[] = [];
  /** Attempts that were asked for twice: their number is no fence. */
  readonly repeated: string[] = [];
  /** Attempts that were asked for while another one of their step was out. */
  readonly twice: string[] = [];
  finished: (Effect & { readonly kind: "finish" }) | null = null;
  finishes = 0;
  /** Called after every event. */
  afterEvent: () => void = () => undefined;
  restarts = 0;
  mostAtOnce = 0;
  #now = 1_000_000;
  #definition: WorkflowDefinition;
  readonly #state: RunState;
  readonly #random: () => number;
  readonly #attempts: (Effect & { readonly kind: "enqueue" })[] = [];
  readonly #enqueued = new Set<string>();
  readonly #timers = new Map<string, number>();
  /** What others may answer: runs, signals and people. */
  readonly #answers: RunEvent[] = [];
  /** By path: the attempt that has not answered. */
  readonly #out = new Map<string, number>();
  /** Loops whose width somebody has changed. */
  readonly #resized = new Set<string>();

  constructor(definition: WorkflowDefinition, state: RunState, random: () => number) {
    this.#definition = definition;
    this.#state = state;
    this.#random = random;
  }

  /** Until the run has ended. */
  play(): void {
    this.#send({ kind: "start" });
    for (let turn = 0; turn < 5000 && !isRunEnded(this.#state.status); turn += 1) this.#turn();
  }

  /** The same, with people who do to the run whatever can be done, and in the end let it go on. */
  playWithPeople(): void {
    this.#send({ kind: "start" });
    for (let turn = 0; turn < 6000; turn += 1) {
      const isLate = turn > 3000;
      if (this.#state.status === "queued") this.#send({ kind: "start" });
      else if (isRunEnded(this.#state.status) && (isLate || this.restarts >= 4)) return;
      else if (isLate) this.#letGo();
      else if (isRunEnded(this.#state.status) || this.#random() < 0.1) this.#meddle();
      if (!isRunEnded(this.#state.status)) this.#turn();
    }
  }

  #letGo(): void {
    this.#act({ name: "resume", path: null });
    for (const step of this.#state.breakpoints.keys()) this.#act({ name: "clear_breakpoint", step });
    for (const { path, status } of this.steps.values()) {
      if (status === "paused") this.#act({ name: "resume", path });
      if (status === "waiting_for_signal") this.#act({ name: "bypass", path });
    }
  }

  #meddle(): void {
    const dice = this.#random();
    if (dice < 0.05) {
      const pause = Math.floor(this.#random() * 5);
      return this.#send({ kind: "parent_paused", pause, by: "ben", reason: "" });
    }
    if (dice < 0.1) return this.#send({ kind: "parent_resumed", by: "ben", reason: "" });
    const action = randomAction(this.#random, {
      steps: [...this.steps.values()],
      definition: this.#definition,
    });
    if (action !== null) this.#act(action);
  }

  #act(action: Action): void {
    const isAllowed = actionProblem(this.#state, action) === null;
    if (isAllowed) this.#expect(action);
    this.#send({ kind: "action", action, by: "ann", reason: "" });
    const last = this.journal.at(-1);
    if (!isAllowed)
      assert.deepEqual([last?.changes, last?.effects], [[], []], `${action.name} was not allowed`);
  }

  #expect(action: Action): void {
    if (action.name === "set_max_parallel") this.#resized.add(action.path);
    if (action.name !== "restart" && action.name !== "skip") return;
    if (isRunEnded(this.#state.status)) this.restarts += 1;
    if (action.name === "skip") return;
    this.#definition = action.version?.definition ?? this.#definition;
  }

  #turn(): void {
    this.#now += Math.floor(this.#random() * 50);
    const dice = this.#random();
    if (dice < 0.002) return this.#send({ kind: "cancel", by: "ann", reason: "" });
    if (dice < 0.02) return this.#restart();
    if (this.#random() < 0.3 && this.#answers.length > 0) return this.#answer();
    const at = Math.floor(this.#random() * this.#attempts.length);
    const attempt = this.#attempts[at];
    if (attempt === undefined || dice < 0.1) return this.#ring();
    const { path, attempt: number } = attempt;
    if (dice < 0.4) return this.#send({ kind: "attempt_started", path, attempt: number });
    if (dice > 0.05) this.#attempts.splice(at, 1);
    const event = this.#end({ path, attempt: number });
    this.#send(event);
    if (dice > 0.95) this.#send(event);
  }

  #end(attempt: AttemptName): RunEvent {
    const beginning = this.#random() < 0.5 ? { startedAt: this.#now } : {};
    return { kind: "attempt_ended", ...attempt, ...beginning, result: this.#result() };
  }

  /** Attempts of before may still report: some are kept. */
  #restart(): void {
    const begun = this.#attempts.filter(() => this.#random() < 0.3);
    this.#send({ kind: "recovered", begun: begun.map(({ path, attempt }) => ({ path, attempt })) });
  }

  /** In any order, some of them twice. */
  #answer(): void {
    const at = Math.floor(this.#random() * this.#answers.length);
    const [event] = this.#random() < 0.1 ? [this.#answers[at]] : this.#answers.splice(at, 1);
    if (event !== undefined) this.#send(event);
  }

  #ring(): void {
    const [next] = [...this.#timers].sort(([, one], [, other]) => one - other);
    if (next === undefined) return;
    this.#timers.delete(next[0]);
    this.#now = Math.max(this.#now, next[1]);
    this.#send({ kind: "timer", timer: next[0] });
  }

  #result(): AttemptResult {
    const dice = this.#random();
    if (dice < 0.75) return { status: "succeeded", outputs: {} };
    if (dice < 0.76) return { status: "canceled" };
    const kind = (["error", "platform", "timeout"] as const)[Math.floor(this.#random() * 3)] ?? "error";
    return { status: "failed", class: kind, message: "no", retryable: dice < 0.95, immediate: dice < 0.8 };
  }

  #send(event: Parameters<typeof decide>[1]): void {
    const { changes, effects } = decide(this.#state, event, this.#now);
    this.journal.push({ at: this.#now, event, changes, effects });
    assert.equal(new Set(changes.map(({ path }) => path)).size, changes.length, "a step is told twice");
    for (const effect of effects) this.#forget(effect);
    if (event.kind === "recovered") this.#out.clear();
    if (event.kind === "attempt_ended" && this.#out.get(event.path) === event.attempt)
      this.#out.delete(event.path);
    for (const change of changes) this.#note(change);
    for (const effect of effects) this.#perform(effect);
    const atOnce = [...this.steps.values()].filter(({ status, kind }) => isHeld(kind, status)).length;
    this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
    this.afterEvent();
  }

  #note(change: StepChange): void {
    const before = this.steps.get(change.path)?.status ?? "waiting";
    if (!mayLead(before, change.status) && !(this.#isMeddledWith && mayBeRepeated(before, change.status)))
      this.impossible.push(`${change.path}: ${before} to ${change.status}`);
    this.steps.set(change.path, change);
    this.#noteQuestion(change);
    this.#noteWidth(change);
  }

  #noteWidth(change: StepChange): void {
    const running = change.iterations?.running ?? 0;
    const { maxParallel } = this.#loopAt(change.path) ?? { maxParallel: null };
    if (running > (maxParallel ?? Infinity) && !this.#resized.has(change.path))
      this.tooWide.push(`${change.path}: ${running}`);
  }

  #loopAt(path: string): ForeachStep | null {
    let steps = this.#definition.steps;
    let loop: ForeachStep | null = null;
    for (const segment of path.split(".")) {
      const step = steps.find(({ id }) => id === segment.replace(/\[\d+\]$/, ""));
      loop = step?.kind === "foreach" ? step : null;
      steps = loop?.steps ?? [];
    }
    return loop;
  }

  #perform(effect: Effect): void {
    if (effect.kind === "enqueue") {
      const name = `${effect.path} ${effect.attempt}`;
      if (this.#enqueued.has(name)) this.repeated.push(name);
      this.#enqueued.add(name);
      if (this.#out.has(effect.path)) this.twice.push(name);
      this.#out.set(effect.path, effect.attempt);
      this.#attempts.push(effect);
    }
    this.#noteAnswers(effect);
    if (effect.kind === "set_timer") this.#timers.set(effect.timer, effect.at);
    if (effect.kind === "clear_timer") this.#timers.delete(effect.timer);
    if (effect.kind !== "finish") return;
    this.finishes += 1;
    this.finished = effect;
  }

  #noteQuestion({ kind, status, path }: StepChange): void {
    if (kind !== "approval" || status !== "paused") return;
    const approved = this.#random() < 0.7;
    this.#answers.push({ kind: "approve", path, by: "ann", approved, comment: "" });
  }

  get #isMeddledWith(): boolean {
    return this.journal.some(({ event }) => event.kind === "action");
  }

  #forget(effect: Effect): void {
    if (effect.kind !== "forget_steps") return;
    for (const path of this.steps.keys()) {
      if (path.startsWith(`${effect.path}[`) || (effect.isGone && path === effect.path))
        this.steps.delete(path);
    }
  }

  #noteAnswers(effect: Effect): void {
    if (effect.kind === "withdraw") {
      const { path, attempt } = effect;
      const at = this.#attempts.findIndex((one) => one.path === path && one.attempt === attempt);
      // Otherwise it has begun, and goes on.
      if (at < 0 || this.#random() < 0.3) return;
      this.#attempts.splice(at, 1);
      this.#answers.push({ kind: "attempt_ended", path, attempt, result: { status: "withdrawn" } });
    }
    if (effect.kind === "start_run") {
      const { path, attempt } = effect;
      const status = this.#random() < 0.7 ? "succeeded" : this.#random() < 0.7 ? "failed" : "timed_out";
      this.#answers.push({ kind: "run_started", path, attempt, runId: "run-7" });
      this.#answers.push({ kind: "run_ended", path, attempt, status, reason: null, outputs: {} });
    }
    if (effect.kind === "cancel_run") {
      const { path, attempt } = effect;
      this.#answers.push({ kind: "run_ended", path, attempt, status: "canceled", reason: null, outputs: {} });
    }
    if (effect.kind === "await_signal") {
      const { path, gate } = effect;
      this.#answers.push({ kind: "gate_opened", path, gate });
    }
  }
}

/** What had ended may be done again, and end again, by one event. */
function mayBeRepeated(from: StepStatus, to: StepStatus): boolean {
  return isStepEnded(from) && (to === "waiting" || mayLead("waiting", to));
}

function isHeld(kind: string, status: StepStatus): boolean {
  return (kind === "run" || kind === "noop") && (status === "queued" || status === "running");
}

/** By the table, in one step or, since one event may do several, more. */
function mayLead(from: StepStatus, to: StepStatus): boolean {
  if (from === to) return !isStepEnded(from);
  return STEP_TRANSITIONS[from].some(
    (next) => next === to || (!isStepEnded(next) && next !== from && STEP_TRANSITIONS[next].includes(to)),
  );
}

/** A workflow of every kind of step, loops within loops. */
export function randomWorkflow(random: () => number): WorkflowDefinition {
  return workflow(randomSteps(random, 0), {
    maxParallelSteps: random() < 0.5 ? 1 + Math.floor(random() * 4) : null,
    failureMode: random() < 0.3 ? "fail_immediately" : "fail_after_running",
    timeoutMs: random() < 0.2 ? Math.floor(random() * 2000) : null,
  });
}

function randomSteps(random: () => number, depth: number): readonly StepDefinition[] {
  const ids = Array.from(
    { length: Math.floor(random() * 7) + (depth > 0 ? 1 : 0) },
    (_, index) => `s${index}`,
  );
  return ids.map((id, index): StepDefinition => {
    const common = {
      needs: ids.slice(0, index).filter(() => random() < 0.3),
      require: REQUIRES[Math.floor(random() * REQUIRES.length)] ?? "all_succeeded",
      if: random() < 0.1 ? "1 > 2" : random() < 0.02 ? "nonsense" : null,
      ignoreFailure: random() < 0.1,
      waitFor: random() < 0.1 ? [GATE, { ...GATE, timeoutMs: Math.floor(random() * 500) }] : [],
      retry: {
        errors: 1,
        platform: 2,
        timeouts: 1,
        delayMs: Math.floor(random() * 50),
        backoff: "fixed",
        maxDelayMs: 30,
      },
    } as const;
    return randomStep(random, { id, depth, common });
  });
}

interface Placed {
  readonly id: string;
  readonly depth: number;
  readonly common: Partial<StepCommon>;
}

function randomStep(random: () => number, { id, depth, common }: Placed): StepDefinition {
  const dice = random();
  if (dice < 0.28 && depth < 2) return randomLoop(random, { id, depth, common });
  const timeoutMs = random() < 0.3 ? Math.floor(random() * 300) : null;
  if (dice < 0.3) return approval(id, { ...common, timeoutMs });
  if (dice < 0.33) return child(id, { ...common, timeoutMs, wait: random() < 0.8 });
  if (dice < 0.35) return sleep(id, { forMs: Math.floor(random() * 100) }, common);
  return dice < 0.5 ? noop(id, common) : run(id, common);
}

function randomLoop(random: () => number, { id, depth, common }: Placed): StepDefinition {
  const steps = randomSteps(random, depth + 1);
  if (random() < 0.2) {
    return whileLoop(id, `loop.i < ${Math.floor(random() * 4)}`, { ...common, steps, maxIterations: 3 });
  }
  const maxParallel = random() < 0.5 ? 1 + Math.floor(random() * 3) : null;
  const onFailure = (["continue", "stop_new", "stop_all"] as const)[Math.floor(random() * 3)] ?? "continue";
  const items = Array.from({ length: Math.floor(random() * 5) }, (_, item) => item);
  return foreach(id, items, { ...common, maxParallel, onFailure, steps });
}

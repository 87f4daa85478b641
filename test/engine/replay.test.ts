import assert from "node:assert/strict";
import {
  STEP_TRANSITIONS,
  attemptsOut,
  decide,
  describeSteps,
  isRunEnded,
  isStepEnded,
  pendingEffects,
} from "@headwater/engine";
import type {
  AttemptName,
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
  RetryPolicy,
  StepCommon,
  StepDefinition,
  WorkflowDefinition,
} from "@headwater/workflow";
import { describe, it } from "mocha";
import { seededRandom } from "../seeded-random.js";
import { approval, child, foreach, newRun, noop, run, sleep, whileLoop, workflow } from "./builder.js";
import { World } from "./world.js";

const RUNS = 400;
const GATE = { signal: "updated", match: [], lookbackMs: null, timeoutMs: null } as const;
const REQUIRES: readonly Require[] = [
  "all_succeeded",
  "all_succeeded",
  "any_succeeded",
  "any_failed",
  "all_finished",
];

describe("any run", () => {
  it("ends, whatever happens to it, and replays to the same state", function () {
    this.timeout(60_000);
    for (let seed = 1; seed <= RUNS; seed += 1) playAndReplay(seed);
  });

  it("asks again, after a replay, for all that was under way", () => {
    const retry = {
      errors: 1,
      platform: 1,
      timeouts: 0,
      delayMs: 1000,
      backoff: "fixed",
      maxDelayMs: 1000,
    } as const;
    const world = World.start(
      workflow([run("a"), run("b"), run("c", { retry }), sleep("d", { forMs: 9 })], { timeoutMs: 99 }),
    );
    world.begin("a");
    world.fail("c");
    const pending = [
      { kind: "set_timer", timer: "$run", at: world.now + 99 },
      { kind: "set_timer", timer: "c", at: world.now + 1000 },
      { kind: "set_timer", timer: "d", at: world.now + 9 },
    ];
    assert.deepEqual(pendingEffects(world.state), pending);
    assert.deepEqual(attemptsOut(world.state), [
      { path: "a", attempt: 1 },
      { path: "b", attempt: 1 },
    ]);
  });
});

describe("a run whose service has started again", () => {
  const noRetry = retrying(0);

  it("tries again at once what had begun, with the next number, as a platform failure", () => {
    const world = World.start(workflow([run("a", { retry: retrying(1) })]));
    world.begin("a");
    assert.deepEqual(recover(world), [{ kind: "enqueue", path: "a", attempt: 2 }]);
    world.begin("a");
    assert.deepEqual(recover(world), [{ kind: "finish", status: "failed", reason: world.finished?.reason }]);
    assert.equal(world.reason("a"), "the service restarted while this attempt was running");
  });

  it("takes a beginning that the journal does not know of for one", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    recover(world, [{ path: "a", attempt: 1 }]);
    assert.equal(world.status("a"), "failed");
  });

  it("gives what had not begun a new number, and uses no retry for it", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    for (const attempt of [2, 3, 4]) {
      assert.deepEqual(recover(world), [{ kind: "enqueue", path: "a", attempt }]);
    }
    world.succeed("a");
    assert.equal(world.finished?.status, "succeeded");
  });

  it("refuses what attempts of before report", () => {
    const world = World.start(workflow([run("a", { retry: noRetry })]));
    recover(world);
    world.send({
      kind: "attempt_ended",
      path: "a",
      attempt: 1,
      result: { status: "succeeded", outputs: {} },
    });
    assert.equal(world.status("a"), "queued");
  });

  it("ends what was being canceled", () => {
    const world = World.start(workflow([run("a"), run("b")]));
    world.begin("a");
    world.send({ kind: "cancel", by: "ann", reason: "" });
    recover(world);
    assert.deepEqual(world.statuses(), { a: "canceled", b: "canceled" });
    assert.equal(world.finished?.status, "canceled");
  });

  it("keeps to its places", () => {
    const world = World.start(
      workflow([run("a"), run("b", { retry: noRetry }), run("c")], { maxParallelSteps: 2 }),
    );
    world.begin("a");
    recover(world);
    assert.deepEqual(world.statuses(), { a: "retrying", b: "queued", c: "queued" });
    world.succeed("b");
    world.succeed("c");
    world.succeed("a");
    assert.equal(world.finished?.status, "succeeded");
  });
});

function recover(world: World, begun: readonly AttemptName[] = []): readonly Effect[] {
  return world.send({ kind: "recovered", begun });
}

function retrying(platform: number): RetryPolicy {
  return { errors: 0, platform, timeouts: 0, delayMs: 1000, backoff: "fixed", maxDelayMs: 1000 };
}

/** One run of a random workflow with random outcomes, in a random order of events, some of them twice or late. */
function playAndReplay(seed: number): void {
  const random = seededRandom(seed);
  const definition = randomWorkflow(random);
  const state = newRun(definition);
  const shell = new RandomShell(definition, state, random);
  shell.play();
  const told = `seed ${seed}`;
  assert.ok(isRunEnded(state.status), `${told}: the run is ${state.status}`);
  assert.equal(shell.finishes, 1, told);
  for (const step of shell.steps.values())
    assert.ok(isStepEnded(step.status), `${told}: ${step.path} is ${step.status}`);
  assert.ok(
    shell.mostAtOnce <= (definition.maxParallelSteps ?? Infinity),
    `${told}: ${shell.mostAtOnce} at once`,
  );
  assert.deepEqual(shell.impossible, [], told);
  assert.deepEqual(shell.tooWide, [], told);
  assert.deepEqual(shell.repeated, [], told);

  const again = newRun(definition);
  for (const { at, event, changes, effects } of shell.journal) {
    const decision = decide(again, event, at);
    assert.deepEqual(decision.changes, changes, told);
    assert.deepEqual(decision.effects, effects, told);
  }
  assert.deepEqual(again, state, told);
  assert.deepEqual(describeSteps(again), describeSteps(state), told);
}

class RandomShell {
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
  finishes = 0;
  mostAtOnce = 0;
  #now = 1_000_000;
  readonly #definition: WorkflowDefinition;
  readonly #state: RunState;
  readonly #random: () => number;
  readonly #attempts: (Effect & { readonly kind: "enqueue" })[] = [];
  readonly #enqueued = new Set<string>();
  readonly #timers = new Map<string, number>();
  /** What others may answer: runs, signals and people. */
  readonly #answers: RunEvent[] = [];

  constructor(definition: WorkflowDefinition, state: RunState, random: () => number) {
    this.#definition = definition;
    this.#state = state;
    this.#random = random;
  }

  play(): void {
    this.#send({ kind: "start" });
    for (let turn = 0; turn < 5000 && !isRunEnded(this.#state.status); turn += 1) this.#turn();
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
    const event = { kind: "attempt_ended", path, attempt: number, result: this.#result() } as const;
    this.#send(event);
    if (dice > 0.95) this.#send(event);
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
    for (const change of changes) this.#note(change);
    for (const effect of effects) this.#perform(effect);
    const atOnce = [...this.steps.values()].filter(({ status, kind }) => isHeld(kind, status)).length;
    this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
  }

  #note(change: StepChange): void {
    const before = this.steps.get(change.path)?.status ?? "waiting";
    if (!mayLead(before, change.status))
      this.impossible.push(`${change.path}: ${before} to ${change.status}`);
    this.steps.set(change.path, change);
    this.#noteQuestion(change);
    const running = change.iterations?.running ?? 0;
    const { maxParallel } = this.#loopAt(change.path) ?? { maxParallel: null };
    if (running > (maxParallel ?? Infinity)) this.tooWide.push(`${change.path}: ${running}`);
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
      this.#attempts.push(effect);
    }
    this.#noteAnswers(effect);
    if (effect.kind === "set_timer") this.#timers.set(effect.timer, effect.at);
    if (effect.kind === "clear_timer") this.#timers.delete(effect.timer);
    if (effect.kind === "finish") this.finishes += 1;
  }

  #noteQuestion({ kind, status, path }: StepChange): void {
    if (kind !== "approval" || status !== "paused") return;
    const approved = this.#random() < 0.7;
    this.#answers.push({ kind: "approve", path, by: "ann", approved, comment: "" });
  }

  #noteAnswers(effect: Effect): void {
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

function randomWorkflow(random: () => number): WorkflowDefinition {
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

function randomStep(
  random: () => number,
  {
    id,
    depth,
    common,
  }: { readonly id: string; readonly depth: number; readonly common: Partial<StepCommon> },
): StepDefinition {
  const dice = random();
  if (dice < 0.28 && depth < 2) return randomLoop(random, { id, depth, common });
  const timeoutMs = random() < 0.3 ? Math.floor(random() * 300) : null;
  if (dice < 0.3) return approval(id, { ...common, timeoutMs });
  if (dice < 0.33) return child(id, { ...common, timeoutMs, wait: random() < 0.8 });
  if (dice < 0.35) return sleep(id, { forMs: Math.floor(random() * 100) }, common);
  return dice < 0.5 ? noop(id, common) : run(id, common);
}

function randomLoop(
  random: () => number,
  {
    id,
    depth,
    common,
  }: { readonly id: string; readonly depth: number; readonly common: Partial<StepCommon> },
): StepDefinition {
  const steps = randomSteps(random, depth + 1);
  if (random() < 0.2) {
    return whileLoop(id, `loop.i < ${Math.floor(random() * 4)}`, { ...common, steps, maxIterations: 3 });
  }
  const maxParallel = random() < 0.5 ? 1 + Math.floor(random() * 3) : null;
  const onFailure = (["continue", "stop_new", "stop_all"] as const)[Math.floor(random() * 3)] ?? "continue";
  const items = Array.from({ length: Math.floor(random() * 5) }, (_, item) => item);
  return foreach(id, items, { ...common, maxParallel, onFailure, steps });
}

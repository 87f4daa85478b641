import { attemptRequest, decide } from "@headwater/engine";
import type { Action, AttemptResult, Effect, RunEvent, RunState, StepChange } from "@headwater/engine";
import type { Json, WorkflowDefinition } from "@headwater/workflow";
import { T0, newRun } from "./builder.js";

type Failed = AttemptResult & { readonly status: "failed" };

/** A run and a hand that plays its shell: it keeps what the engine asked for, and answers when the test says so. */
export class World {
  readonly state: RunState;
  now = T0;
  readonly effects: Effect[] = [];
  readonly journal: { readonly at: number; readonly event: RunEvent }[] = [];
  readonly steps = new Map<string, StepChange>();
  /** Attempts that were enqueued and have not answered, in order. */
  readonly queue = new Map<string, number>();
  finished: (Effect & { readonly kind: "finish" }) | null = null;

  constructor(definition: WorkflowDefinition) {
    this.state = newRun(definition);
  }

  /** Starts the run. */
  static start(definition: WorkflowDefinition): World {
    const world = new World(definition);
    world.send({ kind: "start" });
    return world;
  }

  /** Hands over an event; the effects it had. */
  send(event: RunEvent): readonly Effect[] {
    this.journal.push({ at: this.now, event });
    const { effects, changes } = decide(this.state, event, this.now);
    for (const effect of effects) this.#forget(effect);
    for (const change of changes) this.steps.set(change.path, change);
    for (const effect of effects) {
      if (effect.kind === "requeue") this.finished = null;
      if (effect.kind === "enqueue") this.queue.set(effect.path, effect.attempt);
      if (effect.kind === "finish") this.finished = effect;
    }
    this.effects.push(...effects);
    return effects;
  }

  #forget(effect: Effect): void {
    if (effect.kind !== "forget_steps") return;
    for (const path of this.steps.keys()) {
      if (path.startsWith(`${effect.path}[`) || (effect.isGone && path === effect.path))
        this.steps.delete(path);
    }
  }

  /** The run is restarted, and gets its turn at once. */
  restart(how: Partial<Action & { readonly name: "restart" }> = {}): readonly Effect[] {
    const nothing = { path: null, params: null, version: null, previous: null };
    const asked = this.act({ name: "restart", from: "incomplete", ...nothing, ...how });
    return this.state.status === "queued" ? [...asked, ...this.send({ kind: "start" })] : asked;
  }

  /** Somebody asks for something. */
  act(action: Action): readonly Effect[] {
    return this.send({ kind: "action", action, by: "ann", reason: "to look" });
  }

  /** The attempt that is queued is taken back. */
  withdraw(path: string): readonly Effect[] {
    return this.end(path, { status: "withdrawn" });
  }

  /** Begins the attempt that is queued. */
  begin(path: string): void {
    this.send({ kind: "attempt_started", path, attempt: this.queue.get(path) ?? 0 });
  }

  /** Ends the attempt that is queued. */
  end(path: string, result: AttemptResult): readonly Effect[] {
    const attempt = this.queue.get(path) ?? 0;
    this.queue.delete(path);
    return this.send({ kind: "attempt_ended", path, attempt, result });
  }

  succeed(path: string, outputs: Readonly<Record<string, Json>> = {}): readonly Effect[] {
    return this.end(path, { status: "succeeded", outputs });
  }

  fail(path: string, failure: Partial<Failed> = {}): readonly Effect[] {
    return this.end(path, {
      status: "failed",
      class: "error",
      message: "exit code 1",
      retryable: true,
      ...failure,
    });
  }

  /** Everything queued succeeds, until nothing is. */
  succeedAll(): void {
    // What becomes queued meanwhile is met by the same iteration.
    for (const path of this.queue.keys()) this.succeed(path);
  }

  status(path: string): string {
    return this.steps.get(path)?.status ?? "unknown";
  }

  statuses(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.steps].map(([path, { status }]) => [path, status]));
  }

  reason(path: string): string | null {
    return this.steps.get(path)?.reason ?? null;
  }

  request(path: string): ReturnType<typeof attemptRequest> {
    return attemptRequest(this.state, path);
  }
}

import assert from "node:assert/strict";
import { isRunEnded, isStepEnded } from "@headwater/engine";
import type { Action, TestTools } from "@headwater/engine";
import type { RunRow, Store, WorkflowKey } from "#server/store/store.js";
import { seededRandom } from "../seeded-random.js";
import type { ExpectedRuns } from "./expected-runs.js";
import { SimulatedService } from "./simulated-service.js";
import { VirtualTime } from "./virtual-time.js";
import { Witness, openJobs, type WitnessOptions } from "./witness.js";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 26, 12, 35);
/** People and the machine do their worst for so long; then everything is let go on. */
const TROUBLE_MS = 0.8 * HOUR;
/** A run that waits for something gets it within so many rounds of ten minutes. */
const ROUNDS_MAX = 600;
/** Some of the steps of each. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  chain: ["count", "shaky", "bad"],
  loops: ["load", "load[1]", "load[0].lost", "load[1].parts", "rounds", "after"],
  stopping: ["load", "wait", "bad_end"],
  strict: ["first", "bad"],
  latest: ["slow_start", "wait", "ask"],
  first: ["ask", "gate"],
  parent: ["before", "child", "each_one", "after"],
  child: ["work", "bad"],
  heard: ["work"],
};
const WORKFLOWS = ["chain", "loops", "stopping", "strict", "latest", "first", "parent", "child"];

export interface SeedOptions extends Pick<WitnessOptions, "versions"> {
  readonly store: Store;
  readonly dataFolder: string;
  readonly time: VirtualTime;
  readonly expected: ExpectedRuns;
  readonly tools: TestTools;
  /** Unique among all that the store has ever seen: it remembers runs by their ids. */
  readonly play: number;
}

/** What a seed was like, and that it was right. */
export interface SeedReport {
  readonly lives: number;
  readonly runs: number;
  readonly attempts: number;
  /** What happened, in order: the same for the same seed. */
  readonly trace: string;
}

/** A virtual clock at the beginning of a seed. */
export function timeOfSeed(): VirtualTime {
  return new VirtualTime(START);
}

/** Plays one seed to its end on an empty store. @throws AssertionError when an invariant does not hold */
export async function simulateSeed(seed: number, options: SeedOptions): Promise<SeedReport> {
  const random = seededRandom(seed);
  const { time } = options;
  const slots = 1 + Math.floor(random() * 6);
  const killChance = [0, 0.002, 0.01, 0.03][Math.floor(random() * 4)] ?? 0;
  const fate = {
    random,
    killsLeft: 5,
    get killChance() {
      return fate.killsLeft > 0 ? killChance : 0;
    },
  };
  const witness = new Witness({ ...options, slots, evaluator: options.tools.evaluator });
  const tools = { evaluator: options.tools.evaluator, scheduleReader: options.tools.schedules };
  const service = new SimulatedService({ ...options, fate, witness, slots, tools });
  service.start();
  const requests = planTrouble({ ...options, service, witness, random });
  let rounds = 0;
  const letGoOn = (): void => {
    fate.killsLeft = 0;
    rounds += 1;
    soothe(service, witness);
    time.after(HOUR / 6, letGoOn);
  };
  time.after(TROUBLE_MS, letGoOn);
  const isOver = (): boolean =>
    witness.problem !== null ||
    rounds > ROUNDS_MAX ||
    (rounds > 1 && service.living !== null && rowsOf(witness).every(({ status }) => isRunEnded(status)));
  await time.pass(isOver, () => options.store.health().status !== "ok");
  if (witness.problem !== null) throw witness.problem;
  service.living?.life.kill();
  assert.deepEqual(service.errors, []);
  await checkEnd(options, witness, requests);
  return {
    lives: service.lives,
    runs: witness.runs.size,
    attempts: [...witness.runs.values()].reduce((sum, { attempts }) => sum + attempts.size, 0),
    trace: rowsOf(witness)
      .map(({ workflow, number, status, startedAt, endedAt }) =>
        [workflow, number, status, startedAt, endedAt].join(" "),
      )
      .join("\n"),
  };
}

interface Trouble {
  readonly service: SimulatedService;
  readonly witness: Witness;
  readonly random: () => number;
  readonly time: VirtualTime;
}

/** What people do, and when. Answers the keys of the requests to start a run: each is made until it is answered. */
function planTrouble(trouble: Trouble): readonly string[] {
  const { random, time } = trouble;
  const requests: string[] = [];
  const count = 1 + Math.floor(random() ** 2 * 3);
  for (let index = 0; index < count; index += 1) {
    const workflow = WORKFLOWS[Math.floor(random() * WORKFLOWS.length)] ?? "chain";
    const key = `${workflow} ${index}`;
    requests.push(key);
    time.after(Math.floor(random() ** 2 * TROUBLE_MS * 0.9), () =>
      startUntilAnswered(trouble, workflow, key),
    );
  }
  const acts = [
    cancelSome,
    approveAll,
    sendSignal,
    unblockAll,
    setClock,
    pauseSome,
    pauseWorkflows,
    setBreakpoints,
    actOnSteps,
    restartSome,
  ];
  for (let index = Math.floor(random() * 6); index > 0; index -= 1) {
    const act = acts[Math.floor(random() * acts.length)] ?? approveAll;
    time.after(Math.floor(random() * TROUBLE_MS), () => act(trouble));
  }
  return requests;
}

function startUntilAnswered(trouble: Trouble, workflow: string, requestId: string): void {
  const { service, time } = trouble;
  let isAnswered = false;
  const key = keyOf(workflow);
  service.living?.runs.startRun({ key, params: {}, by: "ann", requestId }).then(
    () => (isAnswered = true),
    (error: unknown) => service.errors.push(String(error)),
  );
  time.after(5 * 60_000, () => {
    if (!isAnswered) startUntilAnswered(trouble, workflow, requestId);
  });
}

function cancelSome({ service, witness, random }: Trouble): void {
  for (const { id, status } of rowsOf(witness)) {
    if (isRunEnded(status) || random() < 0.5) continue;
    // It may have ended meanwhile, which is an answer too.
    const request = { kind: "cancel", by: "ben", reason: "why not" } as const;
    service.living?.runs.actOnRun(id, request).catch(() => undefined);
  }
}

function approveAll({ service, witness }: Pick<Trouble, "service" | "witness">): void {
  for (const { id, status } of rowsOf(witness)) {
    if (isRunEnded(status)) continue;
    const answer = { path: "ask", by: "cyd", approved: true, comment: "" };
    service.living?.runs.answerApproval(id, answer).catch(() => undefined);
  }
}

function sendSignal({ service, time }: Pick<Trouble, "service" | "time">): void {
  const living = service.living;
  const at = time.now();
  const signal = {
    key: `sent ${at}`,
    signal: "data.ready",
    params: {},
    environment: "production",
    runId: null,
    at,
  };
  void living?.store.recordSignal(signal).then(() => living.triggers.wakeSignals());
}

/** What is asked of somebody else's run may not be possible any more, which is an answer too. */
function pauseSome({ service, witness, random }: Trouble): void {
  for (const { id, status } of rowsOf(witness)) {
    if (isRunEnded(status) || random() < 0.5) continue;
    const action = { name: random() < 0.7 ? "pause" : "resume", path: null } as const;
    service.living?.runs
      .actOnRun(id, { kind: "action", by: "eve", reason: "", action })
      .catch(() => undefined);
  }
}

/** Of two who ask for the same one is refused. */
function pauseWorkflows({ service, random }: Trouble): void {
  for (const workflow of WORKFLOWS) {
    if (random() < 0.7) continue;
    const verb = random() < 0.7 ? "pause" : "resume";
    service.living?.pauses[verb](keyOf(workflow), { by: "hal", reason: "" }).catch(() => undefined);
  }
}

function setBreakpoints({ service, random }: Trouble): void {
  for (const workflow of WORKFLOWS) {
    if (random() < 0.6) continue;
    const step = pick(STEPS[workflow] ?? [], random).replaceAll(/\[\d+\]/g, "");
    void setBreakpoint(service.living, workflow, step).catch(() => undefined);
  }
}

async function setBreakpoint(
  living: SimulatedService["living"],
  workflow: string,
  step: string,
): Promise<void> {
  const row = await living?.store.findWorkflow(keyOf(workflow));
  if (living === null || row === undefined || row === null) return;
  await living.breakpoints.set(row, step, { by: "ida", reason: "" });
}

/** Nothing of a workflow is held any more, whoever has held it. */
function letWorkflowsGo({ living }: SimulatedService): void {
  const actor = { by: "gus", reason: "" };
  for (const workflow of WORKFLOWS) {
    const key = keyOf(workflow);
    living?.pauses.resume(key, actor).catch(() => undefined);
    for (const { step } of living?.breakpoints.list(key) ?? [])
      living?.breakpoints.clear(key, step, actor).catch(() => undefined);
  }
}

function keyOf(workflow: string): WorkflowKey {
  return { project: "simulated", environment: "production", workflow };
}

function actOnSteps({ service, witness, random }: Trouble): void {
  for (const { id, workflow, status } of rowsOf(witness)) {
    if (isRunEnded(status) || random() < 0.5) continue;
    const path = pick(STEPS[workflow] ?? [], random);
    const action = pick<Action>(
      [
        { name: "pause", path },
        { name: "skip", path, outputs: null },
        { name: "retry", path },
        { name: "bypass", path },
        { name: "set_breakpoint", step: path },
        { name: "set_max_parallel", path, maxParallel: 1 + Math.floor(random() * 3) },
      ],
      random,
    );
    service.living?.runs
      .actOnRun(id, { kind: "action", by: "eve", reason: "", action })
      .catch(() => undefined);
  }
}

function restartSome({ service, witness, random }: Trouble): void {
  for (const { id, workflow } of rowsOf(witness)) {
    if (random() < 0.6) continue;
    const from = pick(["beginning", "incomplete", "step"] as const, random);
    const path = from === "step" ? pick(STEPS[workflow] ?? [], random) : null;
    const request = { by: "fay", reason: "again", from, path, params: {}, version: null };
    service.living?.runs.restartRun(id, request).catch(() => undefined);
  }
}

function pick<Value>(values: readonly Value[], random: () => number): Value {
  const value = values[Math.floor(random() * values.length)];
  assert.ok(value !== undefined);
  return value;
}

function unblockAll({ service }: Pick<Trouble, "service">): void {
  service.living?.runs.unblock(keyOf("strict"), { by: "dan", reason: "" }).catch(() => undefined);
}

/** Somebody sets the clock of the machine, by an hour at most. */
function setClock({ time, random }: Trouble): void {
  time.skewMs += Math.floor((random() * 2 - 1) * HOUR);
}

/** Everybody gets what they wait for. */
function soothe(service: SimulatedService, witness: Witness): void {
  approveAll({ service, witness });
  unblockAll({ service });
  letWorkflowsGo(service);
  for (const { id, workflow, status } of rowsOf(witness)) {
    const runs = service.living?.runs;
    if (isRunEnded(status) || runs === undefined) continue;
    const resume = (action: Action): void =>
      void runs.actOnRun(id, { kind: "action", by: "gus", reason: "", action }).catch(() => undefined);
    resume({ name: "resume", path: null });
    for (const path of STEPS[workflow] ?? []) {
      resume({ name: "clear_breakpoint", step: path });
      resume({ name: "resume", path });
    }
  }
}

function rowsOf(witness: Witness): readonly RunRow[] {
  return [...witness.runs.values()].map(({ run }) => run.row);
}

async function checkEnd(
  { store, expected }: SeedOptions,
  witness: Witness,
  requests: readonly string[],
): Promise<void> {
  const rows = rowsOf(witness);
  const waiting = rows.filter(({ status }) => !isRunEnded(status));
  assert.deepEqual(
    waiting.map(({ id, workflow, status }) => `${id} ${workflow} ${status}`),
    [],
    "runs that never end",
  );
  const keys = rows.map(({ triggerKey }) => triggerKey);
  for (const request of requests)
    assert.ok(
      keys.some((key) => key?.endsWith(`:${request}`)),
      `no run of ${request}`,
    );
  for (const row of rows) {
    const stored = await store.findRun(row.id);
    assert.deepEqual(endOf(stored), endOf(row));
    const steps = await store.listSteps(row.id, { limit: 10_000 });
    const open = steps.filter(({ status }) => !isStepEnded(status));
    assert.deepEqual(
      open.map(({ path, status }) => `${path} ${status}`),
      [],
      `run ${row.id} of ${row.workflow} has ended`,
    );
    // With those of the runs that its steps have started.
    assert.deepEqual(openJobs(stored?.jobs ?? {}), [], `run ${row.id} of ${row.workflow} has ended`);
    if (!witness.isActedOn(row.id)) expected.check(row, steps);
  }
}

/** An unblocked run has another reason than its journal gives. */
function endOf(row: RunRow | null): object {
  if (row === null) return {};
  const { id, number, status, startedAt, endedAt, outputs, params } = row;
  return { id, number, status, startedAt, endedAt, outputs, params };
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunStrategy, WorkflowProperties } from "@headwater/workflow";
import { Turns } from "#server/runs/turns.js";
import type { RunRow, WorkflowPauseRow } from "#server/store/store.js";

describe("Turns of a strict workflow", () => {
  it("drop an answer of the store that is older than the end of a run, and ask again", async () => {
    const { turns, store, begun } = setup();
    const [first, second] = [run(1, "running"), run(2, "queued")];
    turns.take(first, STRICT);
    turns.take(second, STRICT);
    turns.admit(first);
    turns.end(first);
    turns.admit(first);
    await store.answer(null);
    assert.deepEqual(begun, [], "the answer was from before the first run had failed");
    await store.answer({ ...first, status: "failed" });
    assert.deepEqual(begun, []);
    assert.match(turns.reason(second) ?? "", /^waits because run p\/w#1 failed/);
  });

  it("drop an answer also when nobody asks again: the end of the run alone makes it old", async () => {
    const { turns, store, begun } = setup();
    const [first, second] = [run(1, "running"), run(2, "queued")];
    turns.take(first, STRICT);
    turns.take(second, STRICT);
    turns.admit(first);
    turns.end(first);
    await store.answer(null);
    await store.answer({ ...first, status: "failed" });
    assert.deepEqual(begun, []);
  });

  it("go on when the failed run was unblocked while an older answer was on its way", async () => {
    const { turns, store, begun } = setup();
    turns.take(run(2, "queued"), STRICT);
    turns.admit(KEY);
    turns.admit(KEY);
    await store.answer(run(1, "failed"));
    await store.answer(null);
    assert.deepEqual(begun, ["run-2"]);
  });

  it("ask one question at a time, however many ends come meanwhile", async () => {
    const { turns, store, begun } = setup();
    turns.take(run(1, "queued"), STRICT);
    for (let time = 0; time < 100; time += 1) turns.admit(KEY);
    assert.equal(store.asked(), 1);
    await store.answer(null);
    assert.equal(store.asked(), 2);
    await store.answer(null);
    assert.deepEqual({ asked: store.asked(), begun }, { asked: 2, begun: ["run-1"] });
  });

  it("are given again at the next occasion when the store has refused to answer", async () => {
    const { turns, store, begun, problems } = setup();
    turns.take(run(1, "queued"), STRICT);
    turns.admit(KEY);
    await store.refuse();
    turns.admit(KEY);
    await store.answer(null);
    assert.deepEqual({ begun, problems: problems.length }, { begun: ["run-1"], problems: 1 });
  });
});

describe("Turns", () => {
  it("go by the strategy as it is deployed now, also while the store is asked for the old one", async () => {
    const { turns, store, begun } = setup();
    turns.take(run(1, "queued"), STRICT);
    turns.take(run(2, "queued"), STRICT);
    turns.admit(KEY);
    turns.operate(KEY, properties({ rule: "parallel", limit: 2 }));
    turns.admit(KEY);
    assert.deepEqual(begun, ["run-1", "run-2"]);
    await store.answer(null);
    assert.deepEqual(begun, ["run-1", "run-2"]);
  });

  it("come to nobody while the workflow is paused, also when the store answers only then", async () => {
    const { turns, store, begun, paused } = setup();
    const waiting = run(1, "queued");
    turns.take(waiting, STRICT);
    turns.admit(KEY);
    paused.set("w", { ...KEY, by: "ann", reason: "the source is down", at: 5, resumed: null });
    await store.answer(null);
    turns.admit(KEY);
    assert.deepEqual([begun, store.asked()], [[], 1]);
    assert.equal(
      turns.reason(waiting),
      "waits because p/w is paused by ann: the source is down; it goes on with: headwater resume p/w",
    );
    paused.clear();
    turns.admit(KEY);
    await store.answer(null);
    assert.deepEqual(begun, ["run-1"]);
  });

  it("come to nobody once they are stopped", async () => {
    const { turns, store, begun } = setup();
    turns.take(run(1, "queued"), STRICT);
    turns.admit(KEY);
    turns.stop();
    await store.answer(null);
    assert.deepEqual(begun, []);
  });
});

const KEY = { project: "p", environment: "production", workflow: "w" };
const STRICT = properties({ rule: "strict_sequential", limit: 1 });

function setup(): {
  readonly turns: Turns;
  readonly store: SlowStore;
  readonly begun: readonly string[];
  readonly problems: readonly string[];
  readonly paused: Map<string, WorkflowPauseRow>;
} {
  const store = new SlowStore();
  const begun: string[] = [];
  const problems: string[] = [];
  const paused = new Map<string, WorkflowPauseRow>();
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message: string) => void problems.push(message),
  };
  const begin = (runId: string): unknown => begun.push(runId);
  const turns = new Turns({
    store,
    log,
    pauses: { find: (key) => paused.get(key.workflow) ?? null },
    begin,
    supersede: () => undefined,
  });
  return { turns, store, begun, problems, paused };
}

interface Question {
  readonly answer: (blocking: RunRow | null) => void;
  readonly refuse: (error: Error) => void;
}

/** A store whose answers come when the test says so, in the order in which they were asked. */
class SlowStore {
  readonly #questions: Question[] = [];
  #asked = 0;

  findBlockingRun(): Promise<RunRow | null> {
    this.#asked += 1;
    return new Promise((answer, refuse) => this.#questions.push({ answer, refuse }));
  }

  asked(): number {
    return this.#asked;
  }

  /** Resolves when the answer has been heard. */
  async answer(blocking: RunRow | null): Promise<void> {
    this.#oldest().answer(blocking);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async refuse(): Promise<void> {
    this.#oldest().refuse(new RangeError("disk I/O error"));
    await new Promise((resolve) => setImmediate(resolve));
  }

  #oldest(): Question {
    const question = this.#questions.shift();
    assert.ok(question !== undefined, "the store was not asked");
    return question;
  }
}

function properties(runStrategy: RunStrategy): WorkflowProperties {
  return {
    description: null,
    owner: null,
    labels: {},
    priority: "normal",
    runStrategy,
    expect: null,
    alerts: [],
    steps: {},
  };
}

function run(number: number, status: RunRow["status"]): RunRow {
  return {
    ...KEY,
    id: `run-${number}`,
    number,
    attempt: 1,
    status,
    versionId: "version",
    commit: "0".repeat(40),
    repositoryId: "repository",
    trigger: { kind: "manual", by: "test" },
    triggerKey: null,
    params: {},
    scheduledAt: 0,
    createdAt: 0,
    reason: null,
    startedAt: null,
    endedAt: null,
    outputs: null,
    dueAt: null,
    lateAt: null,
    jobs: {},
  };
}

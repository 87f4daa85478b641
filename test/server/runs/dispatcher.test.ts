import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AttemptResult } from "@headwater/engine";
import { LocalCapacity } from "#server/capacity/local-capacity.js";
import { ManualClock } from "../manual-clock.js";
import { Dispatcher, type Dispatch } from "#server/runs/dispatcher.js";
import type { RunRow } from "#server/store/store.js";
import type { Workers } from "#server/workers/workers.js";

const SUCCEEDED: AttemptResult = { status: "succeeded", outputs: {} };

describe("Dispatcher", () => {
  it("executes as many as there are slots, and the next when one has ended", async () => {
    const { dispatcher, enqueue, executing } = setup(2);
    for (const path of ["a", "b", "c"]) enqueue(path);
    assert.deepEqual([...executing.keys()], ["a", "b"]);
    assert.equal(
      dispatcher.waitReason("run", "c"),
      "waits for one of 2 slots of the pool default; 0 ahead; ann uses 100% of the slots, its share is 100%",
    );
    await end(executing, "a");
    assert.deepEqual([...executing.keys()], ["b", "c"]);
  });

  it("answers canceled at once for what waits, and through the worker for what runs", async () => {
    const { dispatcher, enqueue, executing, results } = setup(1);
    for (const path of ["a", "b"]) enqueue(path);
    dispatcher.cancel("run", "b");
    assert.deepEqual(results, [["b", { status: "canceled" }]]);
    dispatcher.cancel("run", "a");
    assert.equal(executing.get("a")?.cancel.aborted, true);
    dispatcher.cancel("run", "nobody");
  });

  it("takes an attempt once, however often it is asked for", () => {
    const { enqueue, executing } = setup(2);
    enqueue("a");
    enqueue("a");
    assert.equal(executing.size, 1);
  });

  it("fails what cannot be computed without asking a worker", async () => {
    const { dispatcher, dispatch, executing, results } = setup(1);
    dispatcher.enqueue({ ...dispatch("a"), request: () => ({ ok: false, message: "no such key" }) });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(executing.size, 0);
    assert.deepEqual(results, [
      ["a", { status: "failed", class: "error", message: "no such key", retryable: false }],
    ]);
  });

  it("stops everything of one run and nothing of another", async () => {
    const { dispatcher, dispatch, enqueue, executing, results } = setup(2);
    enqueue("a");
    dispatcher.enqueue({ ...dispatch("other"), run: runRow("run2") });
    enqueue("waits");
    dispatcher.stopRun("run");
    assert.equal(executing.get("a")?.cancel.aborted, true);
    assert.equal(executing.get("other")?.cancel.aborted, false);
    await end(executing, "a");
    assert.equal(executing.has("waits"), false);
    assert.deepEqual(
      results.map(([path]) => path),
      ["a"],
    );
  });

  it("begins nothing more once it is stopped, though what executes ends and leaves its slot", async () => {
    const { dispatcher, enqueue, executing, begun } = setup(1);
    enqueue("a");
    enqueue("waits");
    dispatcher.stop();
    await end(executing, "a");
    assert.deepEqual([[...executing.keys()], begun], [[], ["a"]]);
  });

  it("gives up what was kept for an ended run when its last attempt has ended, and not before", async () => {
    const { dispatcher, enqueue, executing, endedRuns } = setup(2);
    enqueue("a");
    enqueue("b");
    dispatcher.stopRun("run");
    dispatcher.endRun(runRow("run"));
    dispatcher.endRun(runRow("run2"));
    await end(executing, "a");
    assert.deepEqual(endedRuns, ["run2"]);
    await end(executing, "b");
    assert.deepEqual(endedRuns, ["run2", "run"]);
  });
});

interface Execution {
  readonly cancel: AbortSignal;
  readonly end: (result: AttemptResult) => void;
}

function setup(slots: number): {
  readonly dispatcher: Dispatcher;
  readonly executing: Map<string, Execution>;
  readonly results: (readonly [string, AttemptResult])[];
  /** What the next life of the service would take for begun. */
  readonly begun: string[];
  /** Whose belongings were given up. */
  readonly endedRuns: string[];
  readonly dispatch: (path: string) => Dispatch;
  readonly enqueue: (path: string) => void;
} {
  const executing = new Map<string, Execution>();
  const results: (readonly [string, AttemptResult])[] = [];
  const begun: string[] = [];
  const endedRuns: string[] = [];
  const workers: Workers = {
    start: async () => undefined,
    stop: async () => undefined,
    execute: ({ path }, { signal }) =>
      new Promise((resolve) => executing.set(path, { cancel: signal, end: resolve })),
  };
  const dispatcher = new Dispatcher({
    workers,
    capacity: new LocalCapacity({ pools: { default: slots }, clock: new ManualClock(0) }),
    clock: new ManualClock(0),
    source: { checkOut: async () => "/", endRun: ({ id }) => void endedRuns.push(id) },
    dataFolder: "/data",
    begun: { begin: (_, path) => void begun.push(path), hadBegun: () => false },
    logFile: () => "/log",
    outputFile: () => "/output",
  });
  const dispatch = (path: string): Dispatch => ({
    run: runRow("run"),
    needs: { owner: "ann", priority: "normal", pool: "default", permits: [], places: [] },
    path,
    attempt: 1,
    kind: "run",
    request: () => ({ ok: true, request: { kind: "noop", pool: null, timeoutMs: null, outputs: {} } }),
    onStarted: () => undefined,
    onEnded: (result) => results.push([path, result]),
  });
  const enqueue = (path: string): void => dispatcher.enqueue(dispatch(path));
  return { dispatcher, executing, results, begun, endedRuns, dispatch, enqueue };
}

async function end(executing: Map<string, Execution>, path: string): Promise<void> {
  executing.get(path)?.end(SUCCEEDED);
  executing.delete(path);
  await new Promise((resolve) => setImmediate(resolve));
}

function runRow(id: string): RunRow {
  return {
    id,
    project: "p",
    environment: "production",
    workflow: "w",
    number: 1,
    attempt: 1,
    versionId: "v",
    commit: "c",
    repositoryId: "r",
    trigger: { kind: "manual", by: "test" },
    triggerKey: null,
    params: {},
    scheduledAt: 0,
    createdAt: 0,
    status: "running",
    reason: null,
    startedAt: 0,
    endedAt: null,
    outputs: null,
    dueAt: null,
    lateAt: null,
    jobs: {},
  };
}

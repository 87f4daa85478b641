import assert from "node:assert/strict";
import type { AttemptResult } from "@headwater/engine";
import { describe, it } from "mocha";
import type { Store } from "#server/store/store.js";
import type { Workers } from "#server/workers/workers.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";

const FILES = {
  "pair.workflow.yaml": `
workflow: pair
steps:
  first: { run: "true" }
  second: { run: "true" }
  after: { needs: [first, second], run: "true" }
`,
  "caller.workflow.yaml": `
workflow: caller
steps:
  first: { run: "true" }
  second: { run: "true" }
  calls: { needs: [first], workflow: called }
`,
  "called.workflow.yaml": `workflow: called\nsteps: { s: { run: "true" } }\n`,
};

describe("a service that stops", function () {
  this.timeout(60_000);

  it("keeps what attempts have reported, though nothing of it was decided", async () => {
    const workers = new HandWorkers();
    const local = await startLocalRuns(FILES, undefined, { workers });
    const { id } = await local.start("pair");
    await until("both execute", () => workers.executing.size === 2);
    workers.succeed("first");
    // Until the result is there, and no longer: what has arrived is decided after this turn.
    await Promise.resolve();
    await local.stop(true);
    const again = await startLocalRuns(FILES, local.dataFolder, { workers: new HandWorkers() });
    const stand = async (): Promise<readonly string[]> =>
      (await again.store.listSteps(id, { limit: 10 })).map(
        ({ path, status, attempt }) => `${path} ${status} ${attempt}`,
      );
    await until("the other one is tried again", async () => (await stand())[1] === "second running 2");
    assert.deepEqual(await stand(), ["first succeeded 1", "second running 2", "after waiting 0"]);
    await again.stop();
  });

  it("does not wait for a disk that takes no writes", async () => {
    const workers = new HandWorkers();
    const broken = { isBroken: false };
    const local = await startLocalRuns(FILES, undefined, {
      workers,
      reads: (store) => breakable(store, broken),
    });
    await local.start("pair");
    await until("both execute", () => workers.executing.size === 2);
    broken.isBroken = true;
    workers.succeed("first");
    await Promise.resolve();
    await local.stop();
  });
});

describe("a request that is refused", function () {
  this.timeout(60_000);

  it("writes nothing: no fence would hold a row without an entry", async () => {
    const workers = new HandWorkers();
    const written: number[] = [];
    const reads = (store: Store): Partial<Store> => ({
      advanceRun: (advance) => {
        written.push(advance.entries.length);
        return store.advanceRun(advance);
      },
    });
    const local = await startLocalRuns(FILES, undefined, { workers, reads });
    const { id } = await local.start("pair");
    await until("both execute", () => workers.executing.size === 2);
    // All are asked for in one turn, when the run is not paused: the last is decided alone, after the first 500.
    const pause = { kind: "action", action: { name: "pause", path: null }, by: "ann", reason: "" } as const;
    const asked = await Promise.allSettled(Array.from({ length: 501 }, () => local.runs.actOnRun(id, pause)));
    assert.equal(asked.filter(({ status }) => status === "fulfilled").length, 1);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(written.length > 0 && !written.includes(0), String(written));
    await local.stop();
  });
});

describe("a run that cannot be decided", function () {
  this.timeout(60_000);

  it("is given up when what was decided before is durable, and nothing of that is begun any more", async () => {
    const workers = new HandWorkers();
    const disk = new HeldDisk();
    const errors: string[] = [];
    const local = await startLocalRuns(FILES, undefined, {
      workers,
      reads: (store) => disk.hold(store),
      onError: (message) => errors.push(message),
    });
    const { id } = await local.start("caller");
    await until("both execute", () => workers.executing.size === 2);
    disk.isHeld = true;
    workers.succeed("first");
    await until("the start of the other run is being written", () => disk.waiting.length === 1);
    workers.report("second", NO_RESULT);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(errors, []);
    disk.release();
    await until("the run is given up", async () => (await local.store.findRun(id))?.status === "failed");
    assert.deepEqual(errors, ["a run was given up"]);
    assert.deepEqual(await local.store.listRuns({ workflow: "called", limit: 10 }), []);
    await local.stop();
  });
});

/** What no worker reports: deciding it throws. */
const NO_RESULT: AttemptResult = {
  status: "succeeded",
  get outputs(): never {
    throw new RangeError("there are none");
  },
};

/** A disk that keeps what is written in the air while it is held. */
class HeldDisk {
  isHeld = false;
  readonly waiting: (() => void)[] = [];

  hold(store: Store): Partial<Store> {
    return {
      advanceRun: async (advance) => {
        if (this.isHeld) await new Promise<void>((resolve) => this.waiting.push(resolve));
        await store.advanceRun(advance);
      },
    };
  }

  release(): void {
    this.isHeld = false;
    for (const go of this.waiting.splice(0)) go();
  }
}

/** Attempts end when they are told to. */
class HandWorkers implements Workers {
  readonly executing = new Map<string, (result: AttemptResult) => void>();

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  execute(
    { path }: Parameters<Workers["execute"]>[0],
    _cancel: unknown,
    onStarted: () => void,
  ): Promise<AttemptResult> {
    onStarted();
    return new Promise((resolve) => this.executing.set(path, resolve));
  }

  succeed(path: string): void {
    this.report(path, { status: "succeeded", outputs: {} });
  }

  report(path: string, result: AttemptResult): void {
    this.executing.get(path)?.(result);
  }
}

/** A store whose disk takes no writes of runs once it is broken. */
function breakable(store: Store, state: { readonly isBroken: boolean }): Partial<Store> {
  return {
    health: () =>
      state.isBroken ? { status: "waiting", since: 0, reason: "the disk is full" } : store.health(),
    advanceRun: (advance) => (state.isBroken ? new Promise(() => undefined) : store.advanceRun(advance)),
  };
}

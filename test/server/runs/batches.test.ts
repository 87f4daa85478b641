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
    this.executing.get(path)?.({ status: "succeeded", outputs: {} });
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

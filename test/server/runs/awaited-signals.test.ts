import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Effect, RunEvent } from "@headwater/engine";
import { systemClock } from "#server/clock.js";
import { AwaitedSignals } from "#server/runs/awaited-signals.js";
import type { PastSignal, SignalQuery } from "#server/store/store.js";
import { newSignal } from "../store/store-rows.js";
import { createSqliteWorld } from "../store/sqlite/sqlite-world.js";
import { until } from "#test/until.js";

const PAST = 1000;

describe("AwaitedSignals", () => {
  it("reads of the history of a name what one gate can be opened by, and all of it once for ten thousand", async () => {
    const world = await setup();
    world.signals.await({ id: "one", environment: "production" }, day(PAST - 1));
    await until("the gate has opened", () => world.opened.get("one"));
    assert.deepEqual(
      world.read.map(({ params }) => params["day"]),
      [PAST - 1],
    );
    world.read.length = 0;
    for (let index = 0; index < 10_000; index += 1)
      world.signals.await({ id: `r${index}`, environment: "production" }, day(index));
    await until("all gates have opened whose signal was there", () => world.opened.size === PAST + 1);
    await until("history is read to its end", () => world.isRead());
    assert.equal(world.read.length, PAST);
    const { id } = await world.record(PAST);
    world.signals.hear([
      { id, signal: "updated", environment: "production", params: { day: PAST }, at: 2000 },
    ]);
    assert.equal(world.opened.get(`r${PAST}`), id);
    assert.equal(world.opened.size, PAST + 2);
    await world.dispose();
  });

  it("opens gates that come while history is read in the same search, where nothing of what is read concerns them", async () => {
    const world = await setup((pages) => {
      if (pages !== 1) return;
      world.signals.await({ id: "late", environment: "production" }, day(900, 1600));
      world.signals.await({ id: "early", environment: "production" }, day(3));
    });
    for (let index = 0; index < 30; index += 1)
      world.signals.await({ id: `r${index}`, environment: "production" }, day(PAST + index));
    await until("the gate that looks back has opened", () => world.opened.get("early"));
    assert.deepEqual([...world.opened.keys()], ["late", "early"]);
    assert.equal(world.read.filter(({ params }) => params["day"] === 900).length, 1);
    await world.dispose();
  });

  it("opens no gate of a step that waits no longer while history is read", async () => {
    const world = await setup();
    world.signals.await({ id: "gone", environment: "production" }, day(1));
    world.signals.await({ id: "stays", environment: "production" }, day(1));
    world.signals.forget("gone");
    await until("the other gate has opened", () => world.opened.get("stays"));
    assert.deepEqual([...world.opened.keys()], ["stays"]);
    await world.dispose();
  });
});

function day(value: number, since = 0): Effect & { readonly kind: "await_signal" } {
  const match = [{ param: "day", operator: "eq", value }] as const;
  return { kind: "await_signal", path: "publish", gate: 0, signal: "updated", match, since };
}

/** Of a name there are so many signals, and as many of each of two others. */
async function setup(onPage?: (pages: number) => void) {
  const { store, dispose } = await createSqliteWorld(systemClock);
  const record = (index: number, signal = "updated") =>
    store.recordSignal(newSignal(`${signal} ${index}`, { signal, params: { day: index }, at: 1000 + index }));
  const names = ["updated", "other", "updated.not"];
  await Promise.all(names.flatMap((name) => Array.from({ length: PAST }, (_, index) => record(index, name))));
  const read: PastSignal[] = [];
  const opened = new Map<string, number>();
  let isLast = false;
  let pages = 0;
  const signals = new AwaitedSignals({
    store: {
      async listSignals(query: SignalQuery) {
        const page = await store.listSignals(query);
        read.push(...page);
        isLast = page.length === 0;
        pages += 1;
        onPage?.(pages);
        return page;
      },
    },
    post: (runId: string, event: RunEvent) => {
      if (event.kind === "gate_opened") opened.set(runId, event.signalId ?? 0);
    },
    clock: systemClock,
    log: { info: () => undefined, warn: () => undefined, error: (message) => assert.fail(message) },
    stopping: new AbortController().signal,
  });
  return { signals, read, opened, record, dispose, isRead: () => isLast };
}

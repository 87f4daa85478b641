import assert from "node:assert/strict";
import type { HostWish } from "#server/store/reviews.js";
import type { WholeCheckRow } from "#server/store/whole-checks.js";
import type { StoreFactory } from "./store-conformance.js";
import { testWith } from "./with-store.js";

/** What hosts told, and how things there are to look. */
export function describeReviews(create: StoreFactory): void {
  const test = testWith(create);

  test("recordDelivery() keeps each once, until somebody is done with it", async ({ store, reopen }) => {
    assert.equal(
      await store.recordDelivery({ host: "github", id: "b", event: { kind: "push" }, receivedAt: 2 }),
      true,
    );
    assert.equal(await store.recordDelivery({ host: "github", id: "a", event: null, receivedAt: 1 }), true);
    assert.equal(
      await store.recordDelivery({ host: "github", id: "b", event: { kind: "other" }, receivedAt: 3 }),
      false,
    );
    const again = await reopen();
    assert.deepEqual(await again.listOpenDeliveries("github", 9), [
      { id: "a", host: "github", event: null, receivedAt: 1 },
      { id: "b", host: "github", event: { kind: "push" }, receivedAt: 2 },
    ]);
    await again.closeDeliveries(["a", "nobody"]);
    assert.deepEqual(
      (await again.listOpenDeliveries("github", 9)).map(({ id }) => id),
      ["b"],
    );
    assert.deepEqual([...(await again.filterDeliveries(["a", "b", "c"]))].sort(), ["a", "b"]);
    assert.equal(await again.recordDelivery({ host: "github", id: "a", event: null, receivedAt: 4 }), false);
  });

  test("wishHostObjects() lets the last wish win, and keeps the host's id", async ({ store, reopen }) => {
    await store.wishHostObjects(wish("check", { wanted: "begun", isUnfinished: true }));
    const [first] = await store.listWaitingHostObjects("github", 9);
    assert.deepEqual([first?.generation, first?.remoteId, first?.wanted], [1, null, "begun"]);
    await store.wishHostObjects(wish("check", { wanted: "done" }));
    await store.fulfilHostObject({ key: "check", generation: 1, remoteId: "77" });
    const again = await reopen();
    const [second] = await again.listWaitingHostObjects("github", 9);
    assert.deepEqual([second?.generation, second?.remoteId, second?.wanted], [2, "77", "done"]);
    await again.fulfilHostObject({ key: "check", generation: 2, remoteId: "77" });
    assert.deepEqual(await again.listWaitingHostObjects("github", 9), []);
    assert.equal((await again.findHostObject("check"))?.wanted, "done");
    assert.equal(await again.findHostObject("other"), null);
    await again.wishHostObjects(wish("comment"));
    const [found, ...others] = await again.listHostObjects(["other", "check"]);
    assert.deepEqual([found?.key, others], ["check", []]);
  });

  test("wishHostObjects() keeps all wishes or none", async ({ store }) => {
    const objects = await store.wishHostObjects(wish("check"), wish("comment"));
    assert.deepEqual(
      objects.map(({ key, generation }) => [key, generation]),
      [
        ["check", 1],
        ["comment", 1],
      ],
    );
    const impossible = wish("comment", { rank: Number.NaN });
    await assert.rejects(store.wishHostObjects(wish("check", { wanted: "other" }), impossible));
    assert.deepEqual(await store.listWaitingHostObjects("github", 9), objects);
  });

  test("listWaitingHostObjects() answers by rank, then the longest waiting first", async ({ store }) => {
    await store.wishHostObjects(wish("c", { rank: 2, updatedAt: 1 }));
    await store.wishHostObjects(wish("b", { rank: 1, updatedAt: 3 }));
    await store.wishHostObjects(wish("a", { rank: 1, updatedAt: 2 }));
    const waiting = await store.listWaitingHostObjects("github", 2);
    assert.deepEqual(
      waiting.map(({ key }) => key),
      ["a", "b"],
    );
  });

  test("what is of one host is never of another", async ({ store }) => {
    await store.recordDelivery({ host: "gitlab", id: "a", event: null, receivedAt: 1 });
    await store.wishHostObjects(wish("begun", { host: "gitlab", isUnfinished: true }));
    assert.deepEqual(await store.listOpenDeliveries("github", 9), []);
    assert.deepEqual(await store.listWaitingHostObjects("github", 9), []);
    assert.equal((await store.listOpenDeliveries("gitlab", 9)).length, 1);
    assert.equal((await store.listWaitingHostObjects("gitlab", 9))[0]?.host, "gitlab");
    await store.fulfilHostObject({ key: "begun", generation: 1, remoteId: "5" });
    assert.deepEqual(await store.listUnfinishedHostObjects("github", 50), []);
    assert.equal((await store.listUnfinishedHostObjects("gitlab", 50)).length, 1);
  });

  test("delayHostObject() says when the wish is tried again, unless it was replaced", async ({ store }) => {
    const tried = { key: "a", remoteId: "5", dueAt: 90, attempts: 3, problem: "it is away" };
    await store.wishHostObjects(wish("a"));
    await store.delayHostObject({ ...tried, generation: 1 });
    const delayed = await store.findHostObject("a");
    assert.deepEqual(
      [delayed?.dueAt, delayed?.attempts, delayed?.problem, delayed?.remoteId],
      [90, 3, "it is away", "5"],
    );
    await store.wishHostObjects(wish("a", { dueAt: 7 }));
    await store.delayHostObject({ ...tried, generation: 1 });
    const replaced = await store.findHostObject("a");
    assert.deepEqual([replaced?.dueAt, replaced?.attempts, replaced?.problem], [7, 0, null]);
  });

  test("listUnfinishedHostObjects() finds what was written and then left", async ({ store }) => {
    for (const key of ["left", "done", "waiting", "fresh"]) {
      const updatedAt = key === "fresh" ? 50 : 1;
      await store.wishHostObjects(wish(key, { isUnfinished: key !== "done", updatedAt }));
      if (key !== "waiting") await store.fulfilHostObject({ key, generation: 1, remoteId: null });
    }
    assert.deepEqual(
      (await store.listUnfinishedHostObjects("github", 50)).map(({ key }) => key),
      ["left"],
    );
  });

  test("pruneReviews() keeps what is open, waits, is unfinished or young", async ({ store }) => {
    for (const [id, receivedAt] of [
      ["old", 1],
      ["open", 1],
      ["young", 9],
    ] as const)
      await store.recordDelivery({ host: "github", id, event: null, receivedAt });
    await store.closeDeliveries(["old", "young"]);
    for (const key of ["written", "waiting"]) await store.wishHostObjects(wish(key));
    await store.wishHostObjects(wish("unfinished", { isUnfinished: true }));
    for (const key of ["written", "unfinished"])
      await store.fulfilHostObject({ key, generation: 1, remoteId: "1" });
    await store.pruneReviews(5);
    assert.deepEqual([...(await store.filterDeliveries(["old", "open", "young"]))].sort(), ["open", "young"]);
    assert.equal(await store.findHostObject("written"), null);
    assert.notEqual(await store.findHostObject("waiting"), null);
    assert.notEqual(await store.findHostObject("unfinished"), null);
  });

  test("pruneReviews() keeps what a host shows until something else happens", async ({ store }) => {
    const wanted = {
      active: { kind: "deployment", state: "success" },
      held: { kind: "deployment", state: "queued" },
      over: { kind: "deployment", state: "inactive" },
      open: { kind: "comment", number: 7 },
      closed: { kind: "comment", number: 8 },
      check: { kind: "check", state: "success", number: 7 },
    };
    const claims = { project: "p", takesProject: false, adds: [], emits: [] };
    const place = { repositoryId: "repo_1", repository: "flows", head: "a", branch: "main", base: "b" };
    await store.saveClaims({ ...place, change: 7, isFork: false, updatedAt: 1, claims });
    for (const [key, one] of Object.entries(wanted)) {
      await store.wishHostObjects(wish(key, { wanted: one }));
      await store.fulfilHostObject({ key, generation: 1, remoteId: "1" });
    }
    await store.pruneReviews(5);
    const kept = await store.listHostObjects(Object.keys(wanted));
    assert.deepEqual(kept.map(({ key }) => key).sort(), ["active", "held", "open"]);
  });

  test("saveWholeCheck() keeps the latest of each check, as long as the check", async ({ store, reopen }) => {
    await store.wishHostObjects(wish("check"));
    await store.saveWholeCheck(whole({ content: "one" }));
    await store.saveWholeCheck(whole({ content: "two" }));
    await store.saveWholeCheck(whole({ change: 8, content: "other" }));
    const again = await reopen();
    assert.equal(await again.findWholeCheck({ key: "check", change: 7 }), "two");
    await again.removeWholeCheck({ key: "check", change: 7 });
    assert.equal(await again.findWholeCheck({ key: "check", change: 7 }), null);
    assert.equal(await again.findWholeCheck({ key: "check", change: 8 }), "other");
    await again.fulfilHostObject({ key: "check", generation: 1, remoteId: "1" });
    await again.pruneReviews(5);
    assert.equal(await again.findWholeCheck({ key: "check", change: 8 }), null);
  });

  test("saveWholeCheck() has room for so much, and that of forks takes none of the others", async ({
    store,
  }) => {
    const content = "x".repeat(12 * 1024 * 1024);
    await store.saveWholeCheck(whole({ content }));
    for (const change of [1, 2, 3])
      await store.saveWholeCheck(
        whole({ key: "fork", change, isTrusted: false, content, updatedAt: change }),
      );
    const kept = (key: string, change: number) => store.findWholeCheck({ key, change });
    assert.equal(await kept("fork", 1), null);
    for (const [key, change] of [
      ["fork", 2],
      ["fork", 3],
      ["check", 7],
    ] as const)
      assert.equal((await kept(key, change))?.length, content.length);
  });
}

function whole(other: Partial<WholeCheckRow> = {}): WholeCheckRow {
  return { key: "check", change: 7, isTrusted: true, content: "x", updatedAt: 1, ...other };
}

function wish(key: string, other: Partial<HostWish> = {}): HostWish {
  const when = { dueAt: 0, rank: 1, isUnfinished: false, updatedAt: 1 };
  return { key, host: "github", account: "1", wanted: "x", ...when, ...other };
}

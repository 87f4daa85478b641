import assert from "node:assert/strict";
import { describe } from "mocha";
import type { StepQuery } from "#server/store/step-query.js";
import type { RunAdvance, Store, WorkflowKey } from "#server/store/store.js";
import type { StoreFactory } from "./store-conformance.js";
import {
  KEY,
  RUNNING,
  SUCCEEDED,
  activation,
  advance,
  deployment,
  newRun,
  newSignal,
  repositoryRow,
  stepChange,
} from "./store-rows.js";
import { testWith } from "./with-store.js";

/** Runs, their journal and their steps. */
export function describeRunRows(create: StoreFactory): void {
  const test = testWith(create);
  describe("createRuns()", () => describeCreation(test));
  describe("advanceRun()", () => describeAdvance(test));
  describe("lists", () => describeLists(test));
}

function describeCreation(test: ReturnType<typeof testWith>): void {
  test("listJournal() answers a page of the journal, wherever it lies in its batches", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    await store.advanceRun(advance("a", 1));
    await store.advanceRun(advance("a", 2));
    await store.advanceRun(advance("a", 3));
    const seqs = async (query: {
      readonly after?: number;
      readonly limit: number;
    }): Promise<readonly number[]> => (await store.listJournal("a", query)).map(({ seq }) => seq);
    const all = (await store.readJournal("a")).map(({ seq }) => seq);
    assert.deepEqual(await seqs({ limit: 1000 }), all);
    assert.deepEqual(await seqs({ limit: 2 }), all.slice(0, 2));
    assert.deepEqual(await seqs({ after: 1, limit: 1 }), all.slice(1, 2));
    assert.deepEqual(await seqs({ after: all.length, limit: 5 }), []);
    assert.deepEqual(await store.listJournal("none", { limit: 5 }), []);
  });

  test("findRemembered() answers the latest success with the key that is not too old", async ({
    store,
    reopen,
  }) => {
    await store.createRuns([newRun("run_1"), newRun("run_2")]);
    const left = (rows: number, at: number) => ({ step: "load.copy", key: "day 1", outputs: { rows }, at });
    await store.advanceRun(advance("run_1", 1, { remembered: [left(1, 100)] }));
    await store.advanceRun(advance("run_2", 1, { remembered: [left(2, 200)] }));
    const again = await reopen();
    const query = { ...KEY, step: "load.copy", key: "day 1", since: 0 };
    const latest = { outputs: { rows: 2 }, runId: "run_2", runNumber: 2, at: 200 };
    assert.deepEqual(await again.findRemembered(query), latest);
    assert.equal(await again.findRemembered({ ...query, since: 201 }), null);
    assert.equal(await again.findRemembered({ ...query, key: "day 2" }), null);
    assert.equal(await again.findRemembered({ ...query, workflow: "other" }), null);
  });

  test("numbers runs within their workflow, in order", async ({ store }) => {
    const other = { workflow: "hourly" };
    const first = await store.createRuns([newRun("a"), newRun("b", other), newRun("c")]);
    const second = await store.createRuns([newRun("d", other), newRun("e")]);
    assert.deepEqual(numbers([...first, ...second]), ["a 1", "b 1", "c 2", "d 2", "e 3"]);
  });

  test("answers what findRun() finds, whatever the params hold", async ({ store, reopen }) => {
    const [created] = await store.createRuns([newRun("a", { triggerKey: "k" })]);
    assert.deepEqual(await (await reopen()).findRun("a"), created);
    assert.equal(created?.status, "queued");
  });

  test("creates one run for a trigger key: in a call, between calls, and between calls at once", async ({
    store,
  }) => {
    const keyed = (id: string) => newRun(id, { triggerKey: "slot-6" });
    assert.deepEqual(numbers(await store.createRuns([keyed("a"), keyed("b")])), ["a 1"]);
    assert.deepEqual(await store.createRuns([keyed("c")]), []);
    const answers = await Promise.all(
      ["d", "e", "f"].map((id) => store.createRuns([newRun(id, { triggerKey: "slot-7" })])),
    );
    assert.deepEqual(numbers(answers.flat()), ["d 2"]);
    assert.deepEqual(ids(await store.listRuns({ limit: 10 })), ["d", "a"]);
  });

  test("listUnblocks() tells who let which failed run of a workflow pass, when and why, each once", async ({
    store,
  }) => {
    const [one, two] = await store.createRuns(["a", "b"].map((id) => newRun(id, { failedReason: "no" })));
    assert.ok(one !== undefined && two !== undefined);
    await store.createRuns([newRun("c", { failedReason: "no", workflow: "other" })]);
    const ann = { by: "ann", reason: "mended", at: 10 };
    assert.equal(await store.unblockRun("a", ann), true);
    assert.equal(await store.unblockRun("a", { ...ann, by: "bob", at: 11 }), false);
    assert.equal(await store.unblockRun("c", ann), true);
    // The latest one holds the workflow up.
    assert.equal(await store.findUnblock(one), null);
    await store.unblockRun("b", { ...ann, at: 20 });
    assert.deepEqual(await store.findUnblock(one), { ...ann, number: two.number, at: 20 });
    const first = { ...ann, number: one.number };
    assert.deepEqual(await store.listUnblocks(one, { from: 10, to: 19 }), [first]);
    assert.deepEqual(await store.listUnblocks(one, { from: 0, to: 20 }), [
      first,
      { ...first, number: two.number, at: 20 },
    ]);
    assert.deepEqual(await store.listUnblocks(one, { from: 11, to: 19 }), []);
  });

  test("creates a run once when the call is repeated", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    assert.deepEqual(await store.createRuns([newRun("a")]), []);
  });

  test("creates a run that cannot begin as failed, with its reason", async ({ store }) => {
    const [run] = await store.createRuns([newRun("a", { failedReason: 'param "date" is missing' })]);
    assert.deepEqual([run?.status, run?.reason, run?.endedAt], ["failed", 'param "date" is missing', 1000]);
    assert.deepEqual(await store.listUnfinishedRuns(), []);
  });
}

function describeAdvance(test: ReturnType<typeof testWith>): void {
  test("is done once when it is tried again because its commit looked as if it had failed", async ({
    store,
  }) => {
    await store.createRuns([newRun("a")]);
    const first = advance("a", 1, { entries: 2, steps: [stepChange("load")], signals: [newSignal("s1")] });
    await store.advanceRun(first);
    await store.advanceRun(first);
    const second = advance("a", 3);
    await store.advanceRun(second);
    await store.advanceRun(second);
    await store.advanceRun(first);
    assert.deepEqual(await store.readJournal("a"), [...first.entries, ...second.entries]);
    assert.equal((await store.listUnmatchedSignals(10)).length, 1);
    await assert.rejects(
      store.advanceRun({ ...second, entries: second.entries.map((entry) => ({ ...entry, at: 1 })) }),
      {
        code: "journal-conflict",
      },
    );
  });

  test("stores journal, run, steps and signals", async ({ store, reopen }) => {
    await store.createRuns([newRun("a")]);
    const outputs = { path: "s3://x", rows: 12 };
    const first = advance("a", 1, {
      entries: 2,
      steps: [stepChange("load", { outputs })],
      signals: [newSignal("s1")],
    });
    await store.advanceRun(first);
    const again = await reopen();
    assert.deepEqual(await again.readJournal("a"), first.entries);
    assert.deepEqual(await again.listSteps("a", { limit: 10 }), [
      { ...stepChange("load", { outputs }), runId: "a", position: 1 },
    ]);
    assert.deepEqual(pick(await again.findRun("a")), RUNNING);
    assert.deepEqual(
      (await again.listUnmatchedSignals(10)).map((signal) => signal.key),
      ["s1"],
    );
  });

  test("refuses an entry that does not follow the last, and writes nothing of it", async ({
    store,
    reopen,
  }) => {
    await store.createRuns([newRun("a")]);
    await store.advanceRun(advance("a", 1, { entries: 3 }));
    for (const seq of [1, 3, 5]) await assertConflict(store, advance("a", seq, { steps: [stepChange("x")] }));
    const again = await reopen();
    await assertConflict(again, advance("a", 3));
    await again.advanceRun(advance("a", 4));
    assert.deepEqual(
      (await again.readJournal("a")).map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    assert.deepEqual(await again.listSteps("a", { limit: 10 }), []);
  });

  test("refuses a run that is not there", async ({ store }) => assertConflict(store, advance("nobody", 1)));

  test("lets only the one fail that conflicts, of many at once", async ({ store }) => {
    const runs = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    await store.createRuns(runs.map((id) => newRun(id)));
    const results = await Promise.allSettled(
      runs.map((id, index) => store.advanceRun(advance(id, index === 7 ? 9 : 1))),
    );
    assert.deepEqual(
      results.flatMap((result, index) => (result.status === "rejected" ? [index] : [])),
      [7],
    );
    assert.equal((await store.readJournal("run-8")).length, 1);
    assert.equal((await store.readJournal("run-7")).length, 0);
  });

  test("applies advances of one run at once in order, the last change of a step winning", async ({
    store,
  }) => {
    await store.createRuns([newRun("a")]);
    await Promise.all([
      store.advanceRun(advance("a", 1, { steps: [stepChange("load"), stepChange("check")] })),
      store.advanceRun(advance("a", 2, { steps: [stepChange("save")] })),
      store.advanceRun(
        advance("a", 3, { steps: [stepChange("load", { status: "succeeded" })], run: SUCCEEDED }),
      ),
    ]);
    assert.deepEqual(
      (await store.readJournal("a")).map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual(pick(await store.findRun("a")), SUCCEEDED);
    assert.deepEqual(
      (await store.listSteps("a", { limit: 10 })).map(({ path, status }) => `${path} ${status}`),
      ["load succeeded", "check running", "save running"],
    );
  });

  test("lands when a write beside it, in the same moment, breaks a rule", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const repository = repositoryRow({ name: "twice" });
    await store.saveRepository(repository);
    const results = await Promise.allSettled([
      store.advanceRun(advance("a", 1)),
      store.saveRepository({ ...repository, id: "r2" }),
      store.advanceRun(advance("a", 2)),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(
      (await store.readJournal("a")).map(({ seq }) => seq),
      [1, 2],
    );
  });

  test("goes on after the end of a run, as a late result does", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    await store.advanceRun(advance("a", 1, { run: SUCCEEDED, steps: [stepChange("x")] }));
    await store.advanceRun(
      advance("a", 2, { run: SUCCEEDED, steps: [stepChange("y"), stepChange("x", { attempt: 2 })] }),
    );
    const steps = await store.listSteps("a", { limit: 10 });
    assert.deepEqual(
      steps.map(({ path, attempt }) => `${path} ${attempt}`),
      ["x 2", "y 1"],
    );
  });

  test("takes an advance that changes only the run", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    await store.advanceRun(advance("a", 1, { entries: 0, run: SUCCEEDED }));
    assert.deepEqual(pick(await store.findRun("a")), SUCCEEDED);
  });

  test("sees a run that was created in the same moment", async ({ store }) => {
    await Promise.all([store.createRuns([newRun("a")]), store.advanceRun(advance("a", 1))]);
    assert.equal((await store.readJournal("a")).length, 1);
  });

  test("holds paths and words of any kind", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const path = `load["'; DROP TABLE run; --\u{1F4A7}"].copy`;
    const change = stepChange(path, {
      reason: "\\ \" ' \n %s ☃",
      outputs: {},
      iterations: { total: 3, running: 1, succeeded: 1, failed: 0, skipped: 1 },
    });
    await store.advanceRun(advance("a", 1, { steps: [change] }));
    assert.deepEqual(await store.listSteps("a", { limit: 1, path }), [
      { ...change, runId: "a", position: 1 },
    ]);
  });
}

function describeLists(test: ReturnType<typeof testWith>): void {
  test("listUnfinishedRuns() answers queued and running, oldest first", async ({ store }) => {
    await store.createRuns(["a", "b", "c"].map((id) => newRun(id)));
    await store.advanceRun(advance("a", 1));
    await store.advanceRun(advance("b", 1, { run: SUCCEEDED }));
    assert.deepEqual(ids(await store.listUnfinishedRuns()), ["a", "c"]);
  });

  test("listRuns() pages through newest first, without gaps or repeats, by every filter", async ({
    store,
  }) => {
    const runs = Array.from({ length: 25 }, (_, index) =>
      newRun(`run-${index}`, {
        workflow: index % 2 === 0 ? "daily" : "hourly",
        project: index % 5 === 0 ? "ops" : "sales",
      }),
    );
    await store.createRuns(runs);
    await store.advanceRun(advance("run-2", 1));
    const newest = runs.toReversed();
    assert.deepEqual(
      await pages(store, {}),
      newest.map(({ id }) => id),
    );
    assert.deepEqual(
      await pages(store, { project: "ops" }),
      newest.filter(({ project }) => project === "ops").map(({ id }) => id),
    );
    assert.deepEqual(
      await pages(store, {
        project: "sales",
        environment: "production",
        workflow: "daily",
        status: "queued",
      }),
      newest
        .filter((run) => run.project === "sales" && run.workflow === "daily" && run.id !== "run-2")
        .map(({ id }) => id),
    );
    assert.deepEqual(await pages(store, { environment: "staging" }), []);
    assert.deepEqual(await store.listRuns({ before: "nobody", limit: 5 }), []);
  });

  test("listUsualDurations() answers the median of the newest ten successes, of three at least and of nobody's restarts", async ({
    store,
  }) => {
    await store.activateDeployment(activation(deployment("dep_1"), { daily: {}, hourly: {}, rare: {} }));
    await recordSuccesses(store, { workflow: "daily" }, [900, 30, 10, 40, 20]);
    await recordSuccesses(store, { workflow: "hourly" }, [
      ...Array<number>(10).fill(9000),
      ...Array<number>(10).fill(50),
    ]);
    await recordSuccesses(store, { workflow: "rare" }, [5, 5]);
    await recordSuccesses(store, { workflow: "gone" }, [5, 5, 5]);
    await recordSuccesses(store, { workflow: "daily", environment: "staging" }, [1, 1, 1]);
    await store.createRuns([newRun("failed"), newRun("restarted")]);
    await store.advanceRun(advance("failed", 1, { run: { ...SUCCEEDED, status: "failed", endedAt: 2001 } }));
    const rebound = { attempt: 2, versionId: "ver_1", commit: "c0ffee", params: {} };
    await store.advanceRun(advance("restarted", 1, { run: { ...SUCCEEDED, endedAt: 2001 }, rebound }));
    const known = [
      { workflow: "daily", medianMs: 30, runs: 5 },
      { workflow: "hourly", medianMs: 50, runs: 10 },
    ];
    assert.deepEqual(await store.listUsualDurations({ project: "sales", environment: "production" }), known);
    assert.deepEqual(await store.listUsualDurations({ repositoryId: "repo_1" }), known);
    assert.deepEqual(await store.listUsualDurations({ project: "sales", environment: "staging" }), []);
    assert.deepEqual(await store.listUsualDurations({ repositoryId: "repo_2" }), []);
  });

  test("findRunByNumber() finds by workflow and number", async ({ store }) => {
    await store.createRuns([newRun("a"), newRun("b")]);
    assert.equal((await store.findRunByNumber(KEY, 2))?.id, "b");
    assert.equal(await store.findRunByNumber(KEY, 3), null);
    assert.equal(await store.findRun("nobody"), null);
  });

  test("listSteps() pages through in order of first change", async ({ store }) => {
    await store.createRuns([newRun("a")]);
    const paths = Array.from({ length: 23 }, (_, index) => `load[${index}].copy`);
    await store.advanceRun(advance("a", 1, { steps: paths.slice(0, 11).map((path) => stepChange(path)) }));
    await store.advanceRun(advance("a", 2, { steps: paths.map((path) => stepChange(path, { attempt: 2 })) }));
    const found: string[] = [];
    for (let after: number | undefined; ;) {
      const page = await store.listSteps("a", { ...(after === undefined ? {} : { after }), limit: 5 });
      if (page.length === 0) break;
      found.push(...page.map(({ path }) => path));
      after = page.at(-1)?.position;
    }
    assert.deepEqual(found, paths);
    assert.deepEqual(await store.listSteps("nobody", { limit: 5 }), []);
    assert.deepEqual(await store.readJournal("nobody"), []);
  });

  test("listSteps() finds steps by their status and by the loop that they are in, in pages too", async ({
    store,
  }) => {
    await store.createRuns([newRun("a")]);
    const failed = ["load[0].copy", "load[41].copy", "load[7].part[2].copy", "loader"];
    const others = ["load", "load[0]", "load[41]", "load[7].part", "load[7].part[2].audit", "last"];
    await store.advanceRun(
      advance("a", 1, {
        steps: [
          ...failed.map((path) => stepChange(path, { status: "failed" })),
          ...others.map((path) => stepChange(path, { status: "succeeded" })),
        ],
      }),
    );
    const find = async (query: Omit<StepQuery, "limit">): Promise<readonly string[]> => {
      const [first] = await store.listSteps("a", { ...query, limit: 1 });
      const more = { ...query, limit: 20, ...(first === undefined ? {} : { after: first.position }) };
      return [first, ...(await store.listSteps("a", more))].map((step) => step?.path ?? "none");
    };
    assert.deepEqual(await find({ statuses: ["failed"] }), failed);
    assert.deepEqual(await find({ statuses: ["failed", "succeeded"] }), [...failed, ...others]);
    assert.deepEqual(await find({ statuses: ["timed_out"] }), ["none"]);
    assert.deepEqual(await find({ loop: "" }), ["loader", "load", "last"]);
    assert.deepEqual(await find({ loop: "load" }), [
      "load[0].copy",
      "load[41].copy",
      "load[0]",
      "load[41]",
      "load[7].part",
    ]);
    assert.deepEqual(await find({ loop: "load[7].part", statuses: ["failed"] }), ["load[7].part[2].copy"]);
  });
}

/** Runs that took so many milliseconds, one after the other. */
async function recordSuccesses(
  store: Store,
  key: Partial<WorkflowKey>,
  durationsMs: readonly number[],
): Promise<void> {
  for (const [index, durationMs] of durationsMs.entries()) {
    const id = `${JSON.stringify(key)} ${index}`;
    await store.createRuns([newRun(id, key)]);
    await store.advanceRun(advance(id, 1, { run: { ...SUCCEEDED, endedAt: 2000 + durationMs } }));
  }
}

async function pages(
  store: Store,
  filter: Omit<Parameters<Store["listRuns"]>[0], "limit" | "before">,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let before: string | undefined; ; before = found.at(-1)) {
    const page = await store.listRuns({ ...filter, ...(before === undefined ? {} : { before }), limit: 4 });
    if (page.length === 0) return found;
    found.push(...ids(page));
  }
}

function assertConflict(store: Store, bad: RunAdvance): Promise<void> {
  return assert.rejects(store.advanceRun(bad), { name: "StoreError", code: "journal-conflict" });
}

function ids(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id);
}

function numbers(rows: readonly { readonly id: string; readonly number: number }[]): readonly string[] {
  return rows.map(({ id, number }) => `${id} ${number}`);
}

function pick(run: RunAdvance["run"] | null): RunAdvance["run"] | null {
  if (run === null) return null;
  const { status, reason, startedAt, endedAt, outputs } = run;
  return { status, reason, startedAt, endedAt, outputs };
}

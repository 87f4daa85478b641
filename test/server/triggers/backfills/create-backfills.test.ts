import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RunRow } from "#server/store/store.js";
import { ACTIVE_BACKFILLS_MAX, createBackfills } from "#server/triggers/backfills/create-backfills.js";
import type { BackfillReport, BackfillRequest, Backfills } from "#server/triggers/backfills/backfills.js";
import { ScheduleFirer } from "#server/triggers/schedule-firer.js";
import { KEY, newRun } from "#test/server/store/store-rows.js";
import { until } from "#test/until.js";
import { backfillWorld, HOUR, NOW, request, type BackfillWorld } from "./backfill-world.js";

const DAY = Date.UTC(2026, 5, 14);
const REFUSED = [
  [{ slots: null }, /say either a time with --from and --to, values of params, or a file of params$/],
  [{ choices: { hour: ["a"] } }, /say either a time/],
  [{ slots: { from: "yesterday", to: "2026-06-14" } }, /--from is "yesterday": it must be a date such as/],
  [{ slots: { from: "2026-06-16", to: "2026-06-17" } }, /--from is in the future/],
  [{ slots: { from: "2026-06-14", to: "2026-06-10" } }, /--to is before --from$/],
  [{ slots: { from: "2026-06-14", to: "" } }, /--to is missing: give the last day, or an instant$/],
  [{ slots: { from: "", to: "2026-06-14" } }, /--from is missing: give the first day, or an instant$/],
  [{ params: { hours: 1 } }, /it has no param "hours"; did you mean "hour"\?$/],
  [{ slots: null, choices: { hour: [] } }, /param "hour" has no values$/],
  [{ maxParallel: 2 }, /it is sequential, so that one run goes at a time, not 2. With --overlap/],
  [{ maxParallel: 101, overlap: true }, /at most 100 of its runs may go at once, not 101$/],
  [{ version: { commit: "none" } }, /at commit "none": that commit was never deployed to production/],
  [{ slots: null, choices: { hour: ["a"] }, version: "then" }, /only slots have a time/],
  [{ key: { ...KEY, workflow: "dayly" } }, /"sales\/dayly": no such workflow is deployed/],
] as const satisfies readonly (readonly [Partial<BackfillRequest>, RegExp])[];

const ACTOR = { by: "bob", reason: "because" };

describe("a backfill", () => {
  it("makes a run for each slot with its time and the schedule's params, so many at once, and ends with the last", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const { row } = await backfills.create(request({ maxParallel: 2, order: "newest" }));
      assert.deepEqual([row.total, row.status], [24, "running"]);
      const [first, second] = await settle(2);
      assert.deepEqual(
        [first, second].map((run) => [run?.scheduledAt, run?.params, run?.dueAt]),
        [23, 22].map((hour) => [DAY + hour * HOUR, { hour: "of the schedule" }, null]),
      );
      assert.deepEqual(first?.trigger, {
        kind: "backfill",
        backfillId: row.id,
        by: "ann",
        position: 0,
        slotAt: DAY + 23 * HOUR,
        overlap: false,
        schedule: "0 * * * *",
      });
      await endAll(world, backfills, row.id);
      const report = await backfills.find(row.id);
      assert.deepEqual(
        [report.row.status, report.counts, report.waiting],
        ["finished", { succeeded: 24 }, 0],
      );
      assert.equal(report.row.endedAt, world.clock.now());
    });
  });

  it("tells that a day was left out by the clocks of its schedule", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0, timezone: "Pacific/Apia" });
      const slots = { from: "2011-12-30", to: "2011-12-30" };
      await assert.rejects(backfills.create(request({ slots })), {
        code: "invalid-backfill",
        message:
          /there was no 2011-12-30 in Pacific\/Apia, where its schedule is: the clocks left that day out$/,
      });
    });
  });

  it("is one however often its request is sent, and tells those who watch whenever it has moved", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0 });
      const asked = request({
        requestId: "from the cron of ann",
        slots: { from: "2026-06-14T00:00:00Z", to: "2026-06-14T01:00:00Z" },
      });
      const [first, again] = await Promise.all([backfills.create(asked), backfills.create(asked)]);
      const later = await backfills.create({ ...asked, slots: { from: "2026-06-10", to: "2026-06-10" } });
      assert.deepEqual([again.row.id, later.row.id], [first.row.id, first.row.id]);
      assert.equal((await backfills.list({ limit: 9 })).length, 1);
      await endAll(world, backfills, first.row.id);
      const { environment, project, workflow } = KEY;
      assert.deepEqual(world.told.at(-1), {
        kind: "backfill",
        backfillId: first.row.id,
        project,
        environment,
        workflow,
        status: "finished",
      });
      assert.equal(
        world.told.filter((change) => "status" in change && change.status === "running").length,
        5,
      );
    });
  });

  it("passes over slots whose run has succeeded or goes on, unless they are to be done again", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0 });
      await world.store.createRuns([slotRun("good", 3), slotRun("bad", 4), slotRun("going", 5)]);
      const [good, bad] = await Promise.all(["good", "bad"].map((id) => world.store.findRun(id)));
      await world.end(good!, "succeeded");
      await world.end(bad!, "failed");
      const preview = await backfills.preview(request(), { after: 2, limit: 4 });
      assert.deepEqual([preview.row.total, preview.skipped, preview.next], [24, 2, 6]);
      assert.deepEqual(
        preview.items.map(({ position, existing, isSkipped }) => [position, existing, isSkipped]),
        [
          [2, null, false],
          [3, { run: "sales/daily#1", status: "succeeded" }, true],
          [4, { run: "sales/daily#2", status: "failed" }, false],
          [5, { run: "sales/daily#3", status: "queued" }, true],
        ],
      );
      assert.equal((await backfills.preview(request({ redo: true }), { after: 0, limit: 1 })).skipped, 0);
      const { row } = await backfills.create(request());
      await world.end((await world.store.findRun("going"))!, "succeeded");
      await endAll(world, backfills, row.id);
      const { counts, row: ended } = await backfills.find(row.id);
      assert.deepEqual([counts, ended.skipped], [{ succeeded: 22 }, 2]);
    });
  });

  for (const rule of ["sequential", "parallel"] as const)
    it(`makes the runs of all schedules of one instant, where the workflow is ${rule}, and passes over those of one alone`, async () => {
      await withWorld(async ({ world, backfills }) => {
        const schedules = ["0 0 * * *", "0 */12 * * *", "0 */12 * * *"];
        await world.deploy("d1", { at: 0, schedules, rule });
        await world.store.createRuns([slotRun("delta", 0, "0 */12 * * *")]);
        await world.end((await world.store.findRun("delta"))!, "succeeded");
        for (const [order, whole] of [
          ["oldest", "14"],
          ["newest", "13"],
        ] as const) {
          const slots = { from: `2026-06-${whole}`, to: `2026-06-${whole}` };
          const asked = request({ slots, order });
          const dry = await backfills.preview(asked, { after: 0, limit: 9 });
          const { row } = await backfills.create(asked);
          await endAll(world, backfills, row.id);
          const { counts, row: ended } = await backfills.find(row.id);
          const passedOver = order === "oldest" ? 1 : 0;
          assert.deepEqual(
            [dry.row.total, dry.skipped, counts, ended.skipped],
            [5, passedOver, { succeeded: 5 - passedOver }, passedOver],
          );
        }
        const again = await backfills.preview(request(), { after: 0, limit: 9 });
        assert.equal(again.skipped, 5);
      });
    });

  it("leaves to their schedule the slots about which that is still to decide", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", {
        at: 0,
        schedules: ["0 * * * *", "30 0 * * *"],
        nextSlotAt: DAY + 20 * HOUR,
      });
      const asked = request({ redo: true });
      const { items } = await backfills.preview(asked, { after: 20, limit: 2 });
      assert.deepEqual(
        items.map(({ slotAt, isPending, isSkipped }) => [((slotAt ?? 0) - DAY) / HOUR, isPending, isSkipped]),
        [
          [19, false, false],
          [20, true, true],
        ],
      );
      const { row } = await backfills.create(asked);
      await endAll(world, backfills, row.id);
      const { counts, row: ended } = await backfills.find(row.id);
      assert.deepEqual([counts, ended.skipped, ended.total], [{ succeeded: 21 }, 4, 25]);
    });
  });

  for (const count of [1, 2])
    it(`makes none for slots that a paused workflow's schedule of before a push still decides about, of ${count} that say the same`, async () => {
      await withWorld(async ({ world, backfills }) => {
        const schedules = Array.from({ length: count }, () => "0 * * * *");
        await world.deploy("d1", { at: 0, missed: "all", nextSlotAt: DAY });
        await world.store.pauseWorkflow({ ...KEY, by: "ann", reason: "", at: DAY });
        await world.deploy("d2", {
          at: DAY + 10 * HOUR + 1,
          schedules,
          missed: "all",
          nextSlotAt: DAY + 11 * HOUR,
        });
        const { row } = await backfills.create(request());
        await endAll(world, backfills, row.id);
        await world.store.resumeWorkflow({ ...KEY, by: "ann", reason: "", at: NOW });
        const firer = new ScheduleFirer({
          ...world.options,
          runs: { adopt: () => undefined, hear: () => undefined },
        });
        while ((await firer.fireNext()) !== null);
        const runs = await world.store.listRuns({ limit: 99 });
        for (let slotAt = DAY; slotAt < DAY + 24 * HOUR; slotAt += HOUR)
          assert.equal(runs.filter(({ scheduledAt }) => scheduledAt === slotAt).length, count);
      });
    });

  it("is paused, goes on, is canceled with its runs, and says who did it and why", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const { row } = await backfills.create(request({ maxParallel: 2 }));
      const [run] = await settle(2);
      const paused = await backfills.act(row.id, "pause", ACTOR);
      assert.deepEqual(
        [paused.row.status, paused.row.changed, paused.endsAt],
        ["paused", { ...ACTOR, at: NOW }, null],
      );
      await world.end(run!);
      backfills.wake();
      await assert.rejects(backfills.act(row.id, "pause", ACTOR), { code: "action-not-allowed" });
      assert.equal((await settle(1)).length, 1);
      await backfills.act(row.id, "resume", ACTOR);
      await settle(2);
      await backfills.act(row.id, "cancel", { by: "eve", reason: "wrong days" });
      await settle(0);
      backfills.wake();
      const { row: canceled, counts } = await untilStatus(backfills, row.id, "canceled");
      assert.deepEqual(
        [counts, canceled.changed?.by, canceled.cursor?.position],
        [{ succeeded: 1, canceled: 2 }, "eve", 3],
      );
      for (const action of ["resume", "retry", "cancel"] as const) {
        await assert.rejects(backfills.act(row.id, action, ACTOR), {
          code: "action-not-allowed",
          message: `Cannot ${action} backfill "${row.id}": it is canceled`,
        });
      }
    });
  });

  it("retries the runs that failed, also when it had finished, and refuses when none has", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const slots = { from: "2026-06-14T00:00:00Z", to: "2026-06-14T02:00:00Z" };
      const { row } = await backfills.create(request({ slots, maxParallel: 3 }));
      for (const [index, run] of (await settle(3)).entries()) {
        await world.end(run, index === 1 ? "failed" : "succeeded");
      }
      backfills.wake();
      assert.deepEqual((await untilStatus(backfills, row.id, "finished")).counts, {
        succeeded: 2,
        failed: 1,
      });
      assert.equal((await backfills.act(row.id, "retry", ACTOR)).row.status, "running");
      const [again] = await settle(1);
      assert.deepEqual([again?.attempt, again?.scheduledAt], [2, DAY + HOUR]);
      await world.end(again!);
      backfills.wake();
      assert.deepEqual((await untilStatus(backfills, row.id, "finished")).counts, { succeeded: 3 });
      await assert.rejects(backfills.act(row.id, "retry", ACTOR), /none of its runs has failed/);
    });
  });

  it("goes on where no more than so many do, as one begins", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const begin = () => backfills.create(request({ slots: null, choices: { hour: ["a"] } }));
      const { row } = await begin();
      await backfills.act(row.id, "pause", ACTOR);
      const ended = (await begin()).row.id;
      const end = { from: ["running"], to: "finished", actor: ACTOR, at: 0 } as const;
      assert.equal(await world.store.changeBackfill(ended, end), true);
      const others: BackfillReport[] = [];
      for (let count = 0; count < ACTIVE_BACKFILLS_MAX; count += 1) others.push(await begin());
      const full = /100 backfills go on, and no more may at once/;
      await assert.rejects(begin(), full);
      for (const action of ["resume", "retry"] as const)
        await assert.rejects(backfills.act(row.id, action, ACTOR), full);
      await assert.rejects(backfills.act(ended, "resume", ACTOR), /it is finished$/);
      await backfills.act(others[0]?.row.id ?? "", "pause", ACTOR);
      const resumed = await backfills.act(row.id, "resume", ACTOR);
      assert.equal(resumed.row.status, "running");
    });
  });

  it("waits after a failed run of a strict workflow until somebody resumes it", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "strict_sequential" });
      const { row } = await backfills.create(request());
      const [run] = await settle(1);
      world.clock.advance(1000);
      await world.end(run!, "failed");
      backfills.wake();
      const { row: paused } = await untilStatus(backfills, row.id, "paused");
      assert.match(paused.changed?.reason ?? "", /^run 1 failed and the workflow is strict_sequential/);
      assert.equal(await world.store.findBlockingRun(KEY), null, "it does not hold up the runs of the day");
      world.clock.advance(1000);
      await backfills.act(row.id, "resume", ACTOR);
      assert.equal((await settle(1))[0]?.number, 2);
    });
  });

  it("takes schedules, versions and commits as they were deployed at each slot", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: DAY + 10 * HOUR, schedule: "0 */4 * * *" });
      await world.deploy("d2", { at: DAY + 18 * HOUR, schedule: "30 * * * *" });
      const slots = { from: "2026-06-14T08:00:00Z", to: "2026-06-14T20:00:00Z" };
      const { items } = await backfills.preview(request({ slots, version: "then" }), { after: 0, limit: 9 });
      assert.deepEqual(
        items.map(({ slotAt, versionId }) => [((slotAt ?? 0) - DAY) / HOUR, versionId]),
        [
          [12, "ver_d1"],
          [16, "ver_d1"],
          [18.5, "ver_d2"],
          [19.5, "ver_d2"],
        ],
      );
      const { row } = await backfills.create(request({ slots, version: "then" }));
      await endAll(world, backfills, row.id);
      const runs = await world.store.listRuns({ backfill: row.id, limit: 9 });
      assert.deepEqual(runs.map(({ commit }) => commit).reverse(), [
        "commit-d1",
        "commit-d1",
        "commit-d2",
        "commit-d2",
      ]);
    });
  });

  it("keeps the version that it began with, or has that of a commit, whatever is deployed since", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0 });
      await world.deploy("d2", { at: 1 });
      const slots = { from: "2026-06-14T08:00:00Z", to: "2026-06-14T08:00:00Z" };
      const now = await backfills.create(request({ slots }));
      const before = await backfills.create(request({ slots, redo: true, version: { commit: "commit-d1" } }));
      await world.deploy("d3", { at: 2 });
      for (const { row } of [now, before]) await endAll(world, backfills, row.id);
      const runs = await world.store.listRuns({ limit: 9 });
      assert.deepEqual(runs.map(({ versionId, commit }) => [versionId, commit]).reverse(), [
        ["ver_d2", "commit-d2"],
        ["ver_d1", "commit-d1"],
      ]);
    });
  });

  it("of params makes each combination a run, without a slot", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const choices = { hour: ["a", "b"] };
      const { row } = await backfills.create(request({ slots: null, choices }));
      const runs = await settle(2);
      assert.deepEqual(
        runs.map(({ params, scheduledAt }) => [params, scheduledAt]),
        [
          [{ hour: "a" }, row.createdAt],
          [{ hour: "b" }, row.createdAt],
        ],
      );
    });
  });

  it("is refused with words, and then nothing is made", async () => {
    await withWorld(async ({ world, backfills }) => {
      await world.deploy("d1", { at: 0 });
      for (const [changes, message] of REFUSED)
        await assert.rejects(backfills.create(request(changes)), message);
      await world.deploy("d2", { at: 1, schedule: "every 1s" });
      const days = { from: "2026-06-01", to: "2026-06-10" };
      await assert.rejects(
        backfills.create(request({ slots: days })),
        /it would make more than 100000 runs, at most 100000 are allowed. Make several$/,
      );
      assert.deepEqual(await backfills.list({ limit: 9 }), []);
    });
  });
  it("tells when it should end, by how long its own runs took", async () => {
    await withWorld(async ({ world, backfills, settle }) => {
      await world.deploy("d1", { at: 0, rule: "parallel" });
      const { row } = await backfills.create(request({ maxParallel: 2 }));
      const [run] = await settle(2);
      assert.equal((await backfills.find(row.id)).endsAt, null);
      await world.end(run!);
      // 23 runs are left, two at a time, a minute each.
      assert.equal((await backfills.find(row.id)).endsAt, NOW + 12 * 60_000);
    });
  });
});

interface Running {
  readonly world: BackfillWorld;
  readonly backfills: Backfills;
  /** Waits until so many runs have not ended, and nothing more is about to begin; answers them, oldest first. */
  settle(count: number): Promise<readonly RunRow[]>;
}

async function withWorld(body: (running: Running) => Promise<void>): Promise<void> {
  const world = await backfillWorld();
  const backfills = createBackfills(world.options);
  await backfills.start();
  try {
    await body({
      world,
      backfills,
      settle: (count) =>
        until(`${count} runs have not ended`, async () => {
          const runs = await world.unfinished();
          return runs.length === count ? runs : null;
        }),
    });
  } finally {
    await backfills.stop();
    await world.dispose();
  }
}

async function endAll(world: BackfillWorld, backfills: Backfills, id: string): Promise<void> {
  while ((await backfills.find(id)).row.status === "running") {
    for (const run of await world.unfinished()) await world.end(run);
    backfills.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function untilStatus(
  backfills: Backfills,
  id: string,
  status: BackfillReport["row"]["status"],
): Promise<BackfillReport> {
  return until(`the backfill is ${status}`, async () => {
    const report = await backfills.find(id);
    return report.row.status === status ? report : null;
  });
}

function slotRun(id: string, hour: number, schedule = "0 * * * *"): ReturnType<typeof newRun> {
  const slotAt = DAY + hour * HOUR;
  return newRun(id, { trigger: { kind: "schedule", schedule, slotAt }, scheduledAt: slotAt });
}

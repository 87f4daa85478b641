import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import type { LogFields } from "#server/log.js";
import type { JournalEntry } from "#server/store/store.js";
import type { Workers } from "#server/workers/workers.js";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "./local-runs.js";

const FILES = {
  "greet.workflow.yaml": `
workflow: greet
params: { name: { type: string, default: world }, times: { type: int, default: 1, max: 3 } }
steps:
  hello:
    run: 'echo "greeting=hello $NAME" >> "$HEADWATER_OUTPUT"'
    env: { NAME: "\${{ params.name }}" }
    outputs: { greeting: string }
`,
  "slow.workflow.yaml": `
workflow: slow
steps: { wait: { run: sleep 60 } }
`,
  "fan.workflow.yaml": `
workflow: fan
steps:
  each: { foreach: { n: "\${{ range(0, 300) }}" }, steps: { job: { noop: {} } } }
  join: { needs: [each], noop: {}, emit: [{ signal: fan.done, params: { of: "\${{ run.id }}" } }] }
`,
  "after.workflow.yaml": `
workflow: after
triggers: [{ workflow: fan, on: succeeded }]
steps: { heard: { noop: {} } }
`,
  "heard.workflow.yaml": `
workflow: heard
triggers: [{ signal: fan.done, params: { of: "\${{ signal.of }}" } }]
params: { of: { type: string } }
steps: { heard: { noop: {} } }
`,
};

describe("runs", () => {
  let local: LocalRuns;
  before(async () => {
    local = await startLocalRuns(FILES);
  });
  after(() => local.stop());

  it("runs a step on a worker and keeps its outputs", async () => {
    const { id } = await local.start("greet", { name: "river" });
    assert.equal((await local.ended(id)).status, "succeeded");
    const [step] = await local.store.listSteps(id, { limit: 10 });
    assert.deepEqual(step?.outputs, { greeting: "hello river" });
  });

  it("writes one entry of its journal for a short attempt, with both its times", async () => {
    const { id } = await local.start("fan");
    await local.ended(id);
    const events = (await local.store.readJournal(id)).map(({ event }) => event);
    const ends = events.filter((event) => event.kind === "attempt_ended");
    assert.equal(ends.length, 301);
    assert.ok(ends.every(({ startedAt }) => startedAt !== undefined));
    assert.equal(events.length, 1 + ends.length);
  });

  it("gives up the working copy of a run that has ended, also of one that was canceled while it executed", async () => {
    const { id } = await local.start("slow");
    await until("the step runs", async () => (await local.store.listSteps(id, { limit: 1 }))[0]?.startedAt);
    assert.equal(local.released.includes(id), false);
    await local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "enough" });
    await local.ended(id);
    await until("its working copy is given up", () => local.released.includes(id));
  });

  it("starts one run for one request, however often it is sent", async () => {
    const [first, second] = await Promise.all([
      local.start("greet", {}, "same"),
      local.start("greet", {}, "same"),
    ]);
    const third = await local.start("greet", {}, "same");
    assert.deepEqual([second.id, third.id], [first.id, first.id]);
  });

  it("refuses what cannot start and says why", async () => {
    await assert.rejects(
      local.start("nobody"),
      refusal("workflow-not-found", /"local\/nobody".*no such workflow/),
    );
    await assert.rejects(local.start("greet", { times: 9 }), refusal("invalid-params", /"times"/));
    await assert.rejects(local.start("greet", { nme: "x" }), refusal("invalid-params", /"nme".*name/));
  });

  it("lets sequential runs wait for each other, first in first out, and cancels one that waits", async () => {
    const first = await local.start("slow");
    const second = await local.start("slow");
    await until("the first to run", async () => (await local.store.findRun(first.id))?.status === "running");
    assert.equal((await local.store.findRun(second.id))?.status, "queued");
    await local.runs.actOnRun(second.id, { kind: "cancel", by: "test", reason: "not needed" });
    assert.equal((await local.ended(second.id)).status, "canceled");
    await local.runs.actOnRun(first.id, { kind: "cancel", by: "test", reason: "enough" });
    assert.equal((await local.ended(first.id)).status, "canceled");
    await assert.rejects(
      local.runs.actOnRun(first.id, { kind: "cancel", by: "test", reason: "again" }),
      refusal("run-ended", /already ended/),
    );
    await assert.rejects(
      local.runs.actOnRun("run_nobody", { kind: "cancel", by: "test", reason: "again" }),
      refusal("run-not-found", /no such run/),
    );
  });

  it("never starts a run that was canceled while it waited, also when its turn comes at that moment", async () => {
    const [first, second] = [await local.start("slow"), await local.start("slow")];
    await until("the first to run", async () => (await local.store.findRun(first.id))?.status === "running");
    await Promise.all(
      [first, second].map(({ id }) =>
        local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "both" }),
      ),
    );
    assert.equal((await local.ended(first.id)).status, "canceled");
    const { status, startedAt } = await local.ended(second.id);
    assert.deepEqual({ status, startedAt }, { status: "canceled", startedAt: null });
  });

  it("gives up a run whose journal has another writer, says so, and goes on with the next", async () => {
    const [first, second] = [await local.start("slow"), await local.start("slow")];
    await until(
      "the step to run",
      async () => (await local.store.listSteps(first.id, { limit: 1 }))[0]?.status === "running",
    );
    const seq = (await local.store.readJournal(first.id)).length + 1;
    const run = { status: "running", reason: null, startedAt: 1, endedAt: null, outputs: null } as const;
    const entries = [{ seq, at: 1, event: { kind: "timer", timer: "nothing" } as const }];
    await local.store.advanceRun({ runId: first.id, entries, run, steps: [], signals: [], remembered: [] });
    const canceled = local.runs.actOnRun(first.id, { kind: "cancel", by: "test", reason: "provoke a write" });
    await assert.rejects(canceled, { code: "store-waiting" });
    const ended = await local.ended(first.id);
    assert.equal(ended.status, "failed");
    assert.match(ended.reason ?? "", /cannot go on with this run: .*another writer/);
    await until(
      "the second to run",
      async () => (await local.store.findRun(second.id))?.status === "running",
    );
    await local.runs.actOnRun(second.id, { kind: "cancel", by: "test", reason: "seen enough" });
    await local.ended(second.id);
  });

  it("writes a batch for many jobs, not one for each", async () => {
    const { id } = await local.start("fan");
    assert.equal((await local.ended(id)).status, "succeeded");
    const journal = await local.store.readJournal(id);
    const batches = new Set(journal.map(({ at }) => at)).size;
    assert.ok(journal.length > 300, `${journal.length} events`);
    // How many depends on how busy the machine is; one for each would be as many as there are events.
    assert.ok(batches < journal.length / 4, `${batches} moments for ${journal.length} events`);
  });

  it("starts what waits for a signal and what waits for the end of a run, once each", async () => {
    const { id } = await local.start("fan");
    await local.ended(id);
    for (const workflow of ["heard", "after"]) {
      const run = await until(`a run of ${workflow}`, async () => {
        const runs = await local.store.listRuns({ workflow, limit: 50 });
        return runs.find(
          ({ trigger, params }) =>
            params["of"] === id || (trigger.kind === "workflow" && trigger.runId === id),
        );
      });
      assert.equal((await local.ended(run.id)).status, "succeeded");
    }
  });
});

describe("runs of a workflow whose run strategy changes", () => {
  it("go by the new one at once, those that wait included", async () => {
    const local = await startLocalRuns(FILES);
    const runs = [await local.start("slow"), await local.start("slow"), await local.start("slow")];
    const statuses = (): Promise<readonly (string | undefined)[]> =>
      Promise.all(runs.map(async ({ id }) => (await local.store.findRun(id))?.status));
    await until("the first to run", async () => (await statuses())[0] === "running");
    assert.deepEqual((await statuses()).slice(1), ["queued", "queued"]);
    const parallel = "run_strategy: { rule: parallel, limit: 2 }\n";
    await local.deploy({ "slow.workflow.yaml": FILES["slow.workflow.yaml"] + parallel });
    await until("the second to run", async () => (await statuses())[1] === "running");
    assert.equal((await statuses())[2], "queued");
    for (const { id } of runs)
      await local.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "seen enough" });
    await local.stop();
  });
});

describe("runs of a strict workflow", () => {
  const files = {
    "strict.workflow.yaml": `
workflow: strict
run_strategy: strict_sequential
params: { code: { type: int, default: 0 } }
steps: { go: { run: 'exit $CODE', env: { CODE: "\${{ params.code }}" } } }
`,
  };
  const key = { project: "local", environment: "production", workflow: "strict" };

  it("wait while the latest one is failed, say why, also after a restart, until somebody unblocks them", async () => {
    const before = await startLocalRuns(files);
    await assert.rejects(
      before.runs.unblock(key, { by: "ann", reason: "" }),
      refusal("workflow-not-blocked", /did not fail/),
    );
    const first = await before.start("strict", { code: 1 });
    assert.equal((await before.ended(first.id)).status, "failed");
    const [second, third] = [await before.start("strict"), await before.start("strict", { code: 2 })];
    await before.runs.actOnRun(third.id, { kind: "cancel", by: "test", reason: "no" });
    assert.equal((await before.ended(third.id)).status, "canceled");
    await before.stop(true);

    const again = await startLocalRuns(files, before.dataFolder);
    const waiting = await until("the reason", async () => {
      const reason = again.runs.queueReason(second.id);
      return reason?.includes("unblock") === true && reason;
    });
    assert.match(waiting, /run local\/strict#1 failed.*headwater unblock local\/strict/);
    // Of two who ask at once one does it, and the other hears who.
    const [unblocked, refused] = await Promise.allSettled([
      again.runs.unblock(key, { by: "ann", reason: "mended" }),
      again.runs.unblock(key, { by: "bob", reason: "" }),
    ]);
    assert.ok(unblocked.status === "fulfilled" && refused.status === "rejected");
    assert.match(unblocked.value.reason ?? "", /; unblocked by ann: mended$/);
    assert.match(String(refused.reason), /its latest run, #1, was unblocked already by ann: mended/);
    assert.equal((await again.ended(second.id)).status, "succeeded");
    const fourth = await again.start("strict");
    assert.equal((await again.ended(fourth.id)).status, "succeeded");
    await again.stop();
  });
});

const POISONABLE = {
  "nap.workflow.yaml": `
workflow: nap
run_strategy: { rule: parallel, limit: 2 }
params: { n: { type: int } }
steps: { wait: { sleep: "300ms" }, note: { needs: [wait], run: 'echo $N', env: { N: "\${{ params.n }}" } } }
`,
};

describe("runs of a service that starts again", () => {
  it("are told the same of their surroundings as before, whatever has changed since", async () => {
    const owned = (owner: string): Readonly<Record<string, string>> => ({
      "owned.workflow.yaml": `
workflow: owned
owner: ${owner}
steps:
  ask: { if: 'workflow.owner == "alice"', noop: {} }
  pause: { needs: [ask], sleep: 300ms }
  tell: { needs: [pause], run: 'echo "owner=$OWNER" >> "$HEADWATER_OUTPUT"', env: { OWNER: "\${{ workflow.owner }}" }, outputs: { owner: string } }
`,
    });
    const before = await startLocalRuns(owned("alice"));
    const { id } = await before.start("owned");
    await until(
      "the pause",
      async () => (await before.store.listSteps(id, { path: "pause", limit: 1 }))[0]?.status === "running",
    );
    await before.stop(true);
    const again = await startLocalRuns(owned("bob"), before.dataFolder);
    assert.equal((await again.ended(id)).status, "succeeded");
    const [tell] = await again.store.listSteps(id, { path: "tell", limit: 1 });
    assert.deepEqual(tell?.outputs, { owner: "alice" });
    await again.stop();
  });

  it("fails the one whose journal cannot be replayed, says why, and goes on with the others", async () => {
    const problems: string[] = [];
    const before = await startLocalRuns(POISONABLE);
    const [poisoned, well] = [await before.start("nap", { n: 1 }), await before.start("nap", { n: 2 })];
    const following = await before.start("nap", { n: 3 });
    for (const { id } of [poisoned, well])
      await until(
        "the nap",
        async () => (await before.store.listSteps(id, { limit: 1 }))[0]?.status === "running",
      );
    const seq = (await before.store.readJournal(poisoned.id)).length + 1;
    const run = { status: "running", reason: null, startedAt: 1, endedAt: null, outputs: null } as const;
    const entries = JSON.parse(
      `[{"seq":${seq},"at":1,"event":{"kind":"teleported"}}]`,
    ) as readonly JournalEntry[];
    await before.store.advanceRun({
      runId: poisoned.id,
      entries,
      run,
      steps: [],
      signals: [],
      remembered: [],
    });
    await before.stop(true);

    const onError = (_: string, fields?: LogFields): unknown => problems.push(String(fields?.["run"]));
    const again = await startLocalRuns(POISONABLE, before.dataFolder, { onError });
    const { status, reason } = await again.ended(poisoned.id);
    assert.equal(status, "failed");
    assert.match(
      reason ?? "",
      new RegExp(
        `cannot go on with this run: entry ${seq} of its journal, "teleported", cannot be replayed: `,
      ),
    );
    assert.deepEqual(
      (await again.store.listSteps(poisoned.id, { limit: 5 })).map((step) => [step.path, step.status]),
      [
        ["wait", "canceled"],
        ["note", "canceled"],
      ],
    );
    assert.equal((await again.ended(well.id)).status, "succeeded");
    assert.equal((await again.ended(following.id)).status, "succeeded");
    assert.deepEqual(problems, [poisoned.id]);
    await again.stop();
  });

  it("are left to the next start when this one is interrupted", async () => {
    const before = await startLocalRuns(FILES);
    const { id } = await before.start("slow");
    await until("the run to begin", async () => (await before.store.findRun(id))?.status === "running");
    await before.stop(true);
    const asked: string[] = [];
    const options = { workers: silentWorkers(asked), interrupt: AbortSignal.abort() };
    const interrupted = await startLocalRuns(FILES, before.dataFolder, options);
    const journal = await interrupted.store.readJournal(id);
    await interrupted.stop(true);
    const again = await startLocalRuns(FILES, before.dataFolder);
    await again.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "seen enough" });
    assert.equal((await again.ended(id)).status, "canceled");
    assert.deepEqual([asked, journal.some(({ event }) => event.kind === "recovered")], [[], false]);
    await again.stop();
  });

  it("go on where their journal ends", async () => {
    const before = await startLocalRuns(FILES);
    const [slow, queued] = [await before.start("slow"), await before.start("slow")];
    await until(
      "the step to run",
      async () => (await before.store.listSteps(slow.id, { limit: 1 }))[0]?.status === "running",
    );
    await before.stop(true);

    const again = await startLocalRuns(FILES, before.dataFolder);
    const step = await until("the second attempt", async () => {
      const [wait] = await again.store.listSteps(slow.id, { limit: 1 });
      return wait?.status === "running" && wait.attempt === 2 && wait;
    });
    assert.equal(step.path, "wait");
    for (const { id } of [queued, slow])
      await again.runs.actOnRun(id, { kind: "cancel", by: "test", reason: "seen enough" });
    assert.equal((await again.ended(slow.id)).status, "canceled");
    assert.equal((await again.ended(queued.id)).status, "canceled");
    await again.stop();
  });
});

describe("attempts of a service that was killed", () => {
  const files = {
    "pair.workflow.yaml": `
workflow: pair
steps:
  one: { run: 'echo "attempt=$HEADWATER_ATTEMPT" >> "$HEADWATER_OUTPUT"', outputs: { attempt: int }, retry: { platform: 1 } }
  two: { run: 'echo "attempt=$HEADWATER_ATTEMPT" >> "$HEADWATER_OUTPUT"', outputs: { attempt: int }, retry: { platform: 0 } }
`,
  };

  it("are known to have begun, also when no worker could say so, and those that waited use no retry", async () => {
    const asked: string[] = [];
    const before = await startLocalRuns(files, undefined, { slots: 1, workers: silentWorkers(asked) });
    const { id } = await before.start("pair");
    await until("an attempt at a worker", async () => asked.length === 1);
    const journal = await before.store.readJournal(id);
    assert.deepEqual(
      journal.map(({ event }) => event.kind),
      ["start"],
    );
    await before.stop(true);

    const said: string[] = [];
    const onWarning = (message: string): void => void said.push(message);
    const again = await startLocalRuns(files, before.dataFolder, { onWarning });
    assert.deepEqual(said, [
      "Went on with 1 run; 1 attempt was lost and begins again, as far as retry.platform allows",
    ]);
    assert.equal((await again.ended(id)).status, "succeeded");
    const steps = await again.store.listSteps(id, { limit: 5 });
    assert.deepEqual(
      steps.map(({ path, outputs, reason }) => [path, outputs?.["attempt"], reason]),
      [
        ["one", 2, "attempt 1 failed: the service restarted while this attempt was running"],
        ["two", 2, null],
      ],
    );
    const events = (await again.store.readJournal(id)).map(({ event }) => event);
    assert.deepEqual(
      events.find(({ kind }) => kind === "recovered"),
      { kind: "recovered", begun: [{ path: "one", attempt: 1 }] },
    );
    await again.stop();
  });

  it("use up `retry.platform`: a step that ends the service each time it begins comes to an end", async () => {
    let dataFolder: string | undefined;
    let id = "";
    for (const life of [1, 2]) {
      const asked: string[] = [];
      const local = await startLocalRuns(files, dataFolder, { slots: 1, workers: silentWorkers(asked) });
      ({ dataFolder } = local);
      if (life === 1) ({ id } = await local.start("pair"));
      await until("an attempt of the first step", async () => asked.includes("one"));
      await local.stop(true);
    }
    const last = await startLocalRuns(files, dataFolder);
    const { status } = await last.ended(id);
    const [one] = await last.store.listSteps(id, { path: "one", limit: 1 });
    assert.deepEqual([status, one?.status, one?.attempt], ["failed", "failed", 2]);
    assert.match(one?.reason ?? "", /the service restarted while this attempt was running/);
    await last.stop();
  });

  it("use it up also when the service is killed again while it starts", async () => {
    const asked: string[] = [];
    const workers = silentWorkers(asked);
    const first = await startLocalRuns(files, undefined, { slots: 1, workers });
    const { id } = await first.start("pair");
    await until("an attempt at a worker", async () => asked.length === 1);
    await first.stop(true);
    const advanceRun = (): Promise<void> => new Promise(() => undefined);
    const second = await startLocalRuns(files, first.dataFolder, { slots: 1, workers, advanceRun });
    await second.stop(true);
    const third = await startLocalRuns(files, first.dataFolder);
    await third.ended(id);
    const events = (await third.store.readJournal(id)).map(({ event }) => event);
    assert.deepEqual(
      events.find(({ kind }) => kind === "recovered"),
      { kind: "recovered", begun: [{ path: "one", attempt: 1 }] },
    );
    const file = join(third.dataFolder, "begun-attempts");
    await until(
      "the lines of the lives before to be dropped",
      () => !readFileSync(file, "utf8").includes("one 1"),
    );
    await third.stop();
  });
});

/** Workers that take attempts, and then nobody hears of them. */
function silentWorkers(asked: string[]): Workers {
  return {
    start: async () => undefined,
    stop: async () => undefined,
    execute: ({ path }) => {
      asked.push(path);
      return new Promise(() => undefined);
    },
  };
}

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

describe("a run that should end within some time", () => {
  const files = {
    "slow.workflow.yaml": `
workflow: slow
expect: { within: 1s }
steps: { wait: { approval: { approvers: [ann] } } }
`,
  };

  it("is late when it does not, is told once, also over restarts, and may still succeed", async () => {
    const warnings: string[] = [];
    const onWarning = (message: string): number => warnings.push(message);
    const first = await startLocalRuns(files, undefined, { onWarning });
    const { id, dueAt, createdAt } = await first.start("slow");
    assert.equal(dueAt, createdAt + 1000);
    await first.stop(true);
    const again = await startLocalRuns(files, first.dataFolder, { onWarning });
    const late = await until("it is late", async () => {
      const row = await again.store.findRun(id);
      return row?.lateAt == null ? false : row;
    });
    assert.ok((late.lateAt ?? 0) >= createdAt + 1000);
    await again.stop(true);
    const last = await startLocalRuns(files, first.dataFolder, { onWarning });
    await last.runs.answerApproval(id, { path: "wait", by: "ann", approved: true, comment: "" });
    const ended = await last.ended(id);
    assert.deepEqual([ended.status, ended.lateAt], ["succeeded", late.lateAt]);
    assert.deepEqual(warnings.filter((message) => message === "a run is late").length, 1);
    const told = await last.store.listSignals({
      environment: "production",
      signal: "headwater/run-late/local/production/slow",
      since: 0,
      limit: 9,
    });
    assert.equal(told.length, 1);
    await last.stop();
  });
});

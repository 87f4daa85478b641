import assert from "node:assert/strict";
import type { AttemptResult, CriticalPath } from "@headwater/engine";
import { after, before, describe, it } from "mocha";
import { CriticalPaths } from "#server/runs/critical-paths.js";
import type { CriticalPathsOptions } from "#server/runs/critical-paths.js";
import { systemClock } from "#server/clock.js";
import type { Attempt } from "#server/steps/step-context.js";
import type { RunRow } from "#server/store/store.js";
import type { Workers } from "#server/workers/workers.js";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "./local-runs.js";

const FILES = {
  "slots.workflow.yaml": `
workflow: slots
steps: { first: { run: "true" }, second: { run: "true" }, third: { run: "true", permits: [api] } }
`,
  "loop.workflow.yaml": `
workflow: loop
steps:
  all: { foreach: { n: "\${{ range(0, 1200) }}" }, steps: { job: { noop: {} } } }
  ask: { needs: [all], approval: { approvers: [ann] } }
`,
};
const SUCCEEDED = { status: "succeeded", outputs: {} } as const;

/** Attempts begin and end when the test says so. */
class HeldWorkers implements Workers {
  readonly held = new Map<string, { begin: () => void; end: (result: AttemptResult) => void }>();

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  execute(attempt: Attempt, _: unknown, onStarted: () => void): Promise<AttemptResult> {
    if (attempt.request.kind === "noop") return Promise.resolve(SUCCEEDED);
    return new Promise((end) => this.held.set(attempt.path, { begin: onStarted, end }));
  }

  begin(path: string): void {
    this.held.get(path)?.begin();
  }

  end(path: string): void {
    this.held.get(path)?.end(SUCCEEDED);
  }
}

describe("the critical path of a run that goes on", function () {
  this.timeout(30_000);
  let local: LocalRuns;
  const workers = new HeldWorkers();
  const asked: number[] = [];

  before(async () => {
    local = await startLocalRuns(FILES, undefined, {
      workers,
      slots: 1,
      reads: (store) => ({
        listJournal: (runId, query) => {
          asked.push(query.after ?? 0);
          return store.listJournal(runId, query);
        },
      }),
    });
    local.capacity.limitPermit("api", 0);
  });
  after(() => local.stop());

  it("tells which attempt waits for a slot, which for permits, and which is being started", async () => {
    const row = await local.start("slots");
    await until("the first attempt", () => workers.held.has("first"));
    const kinds = async (): Promise<Readonly<Record<string, readonly string[]>>> =>
      kindsOf(await local.runs.criticalPath(await find(local, row.id)));
    await until("the first attempt starts", async () => (await kinds())["first"]?.includes("starting"));
    const early = await kinds();
    assert.equal(early["second"]?.at(-1), "slot");
    assert.equal(early["third"]?.at(-1), "permit");
    workers.begin("first");
    workers.end("first");
    await until("the second attempt", () => workers.held.has("second"));
    workers.begin("second");
    workers.end("second");
    local.capacity.limitPermit("api", 1);
    await until("the third attempt", () => workers.held.has("third"));
    // It never begins, as where its working copy cannot be made.
    workers.end("third");
    await local.ended(row.id);
    const ended = await kinds();
    assert.ok(ended["second"]?.includes("slot"), JSON.stringify(ended));
    assert.ok(ended["third"]?.includes("permit"), JSON.stringify(ended));
    assert.ok(!JSON.stringify(ended).includes("worker"), JSON.stringify(ended));
  });

  it("is played on from where it was asked for last, not from its beginning, and is the same", async () => {
    const { id } = await local.start("loop");
    await until(
      "the approval asks",
      async () => (await find(local, id)).status === "running" && isAsking(local, id),
    );
    const whole = await local.runs.criticalPath(await find(local, id));
    asked.length = 0;
    const again = await local.runs.criticalPath(await find(local, id));
    assert.equal(asked.length, 1);
    assert.ok((asked[0] ?? 0) > 1200, `it was read from entry ${asked[0]}`);
    assert.deepEqual(
      again.parts.map(({ path, from }) => ({ path, from })),
      whole.parts.map(({ path, from }) => ({ path, from })),
    );
    await local.runs.answerApproval(id, { path: "ask", by: "ann", approved: true, comment: "" });
    await local.ended(id);
    const { parts, to } = await local.runs.criticalPath(await find(local, id));
    assert.equal(parts.at(-1)?.path, "ask");
    assert.equal(to, (await find(local, id)).endedAt);
  });
});

describe("CriticalPaths.read()", () => {
  it("works out one run once however many ask, and refuses when those of too many runs are asked for", async () => {
    const begun: string[] = [];
    const loader: CriticalPathsOptions["loader"] = {
      loadBeginning: ({ id }) => (begun.push(id), new Promise(() => undefined)),
    };
    const paths = new CriticalPaths({
      store: { listJournal: async () => [] },
      loader,
      dispatcher: { capacityWait: () => null, takenBy: () => null },
      clock: systemClock,
    });
    const local = await startLocalRuns(FILES, undefined, { workers: new HeldWorkers() });
    const row = await local.start("slots");
    await local.stop();
    const ids = Array.from({ length: 50 }, (_, index) => `run-${index}`);
    for (const id of [...ids, ...ids]) void paths.read({ ...row, id });
    await assert.rejects(paths.read({ ...row, id: "one-too-many" }), { code: "busy" });
    await until("the first run is begun", () => begun.length > 0);
    assert.deepEqual(begun, ["run-0"]);
    paths.stop();
  });
});

async function find(local: LocalRuns, id: string): Promise<RunRow> {
  const row = await local.store.findRun(id);
  assert.ok(row !== null);
  return row;
}

async function isAsking(local: LocalRuns, id: string): Promise<boolean> {
  const steps = await local.store.listSteps(id, { path: "ask", limit: 1 });
  return steps[0]?.status === "paused";
}

function kindsOf({ steps }: CriticalPath): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(steps.map(({ path, spans }) => [path, spans.map(({ kind }) => kind)]));
}

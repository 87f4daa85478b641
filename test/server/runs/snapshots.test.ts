import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { openConnection } from "#server/store/sqlite/connection.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";
import type { LocalRuns, LocalRunsOptions } from "./local-runs.js";

const JOBS = 300;
const FILES = {
  "loop.workflow.yaml": `
workflow: loop
steps:
  load:
    foreach: { n: "\${{ range(0, ${JOBS}) }}" }
    steps:
      job: { noop: {} }
      wait: { needs: [job], if: "\${{ each.n == ${JOBS - 1} }}", approval: { approvers: [ann] } }
  after: { needs: [load], noop: {} }
`,
};

describe("a run whose snapshot is there when the service starts", function () {
  this.timeout(60_000);

  it("goes on from it: only what happened since is replayed", async () => {
    const { dataFolder, id, seq } = await leaveLoop();
    const asked: number[] = [];
    const again = await startLocalRuns(FILES, dataFolder, {
      reads: (store) => ({
        listJournal: (runId, query) => {
          asked.push(query.after ?? 0);
          return store.listJournal(runId, query);
        },
      }),
    });
    assert.deepEqual(asked, [seq]);
    await finish(again, id);
  });

  it("is replayed from the beginning when the snapshot is damaged, and a warning says so", async () => {
    const { dataFolder, id } = await leaveLoop();
    await change(dataFolder, "UPDATE run_snapshot SET text = replace(text, 'statuses', 'stati')");
    const warnings: string[] = [];
    const again = await startLocalRuns(FILES, dataFolder, {
      onWarning: (message) => void warnings.push(message),
    });
    assert.match(warnings.join("\n"), /its whole journal is replayed/);
    await finish(again, id);
  });

  it("is replayed from the beginning when nothing of the snapshot can be read", async () => {
    const { dataFolder, id } = await leaveLoop();
    await change(dataFolder, "UPDATE run_snapshot SET text = 'nonsense'");
    await finish(await startLocalRuns(FILES, dataFolder), id);
  });

  it("can be restarted with another version after it has ended, and that is kept over a start", async () => {
    const { dataFolder, id } = await leaveLoop();
    const next = {
      "loop.workflow.yaml": `${FILES["loop.workflow.yaml"]}  last: { needs: [after], approval: { approvers: [ann] } }\n`,
    };
    const again = await startLocalRuns(FILES, dataFolder, { snapshotEvery: 1 });
    await again.runs.actOnRun(id, { kind: "cancel", by: "ann", reason: "" });
    assert.equal((await again.ended(id)).status, "canceled");
    await again.deploy(next);
    const request = {
      from: "beginning",
      path: null,
      params: {},
      version: "latest",
      by: "ann",
      reason: "",
    } as const;
    await again.runs.restartRun(id, request);
    await until("the run waits again", async () => (await statusOf(again, id, WAIT)) === "paused");
    await until("a snapshot of it", async () => (await again.store.readSnapshot(id)) !== null);
    await again.stop(true);
    const third = await startLocalRuns(next, dataFolder);
    await approve(third, id, WAIT);
    await until("the new step waits", async () => (await statusOf(third, id, "last")) === "paused");
    await approve(third, id, "last");
    const { status, attempt } = await third.ended(id);
    assert.deepEqual({ status, attempt }, { status: "succeeded", attempt: 2 });
    await third.stop();
  });
});

describe("a snapshot that cannot be written", () => {
  it("is not tried again at every batch, and keeps nothing from going on", async () => {
    const files = {
      "chain.workflow.yaml": `
workflow: chain
max_parallel_steps: 1 # so that each noop has to ask for its place, and is a batch of its own
steps:
  load: { foreach: { n: "\${{ range(0, 150) }}" }, max_parallel: 1, steps: { job: { noop: {} } } }
`,
    };
    const every = 30;
    let tries = 0;
    const warnings: string[] = [];
    const local = await startLocalRuns(files, undefined, {
      snapshotEvery: every,
      reads: () => ({ saveSnapshotPage: () => Promise.reject(new NoRoom(`no room for ${(tries += 1)}`)) }),
      onWarning: (message) => void warnings.push(message),
    });
    const { id } = await local.start("chain");
    assert.equal((await local.ended(id)).status, "succeeded");
    const entries = (await local.store.readJournal(id)).length;
    assert.ok(tries >= 2 && tries <= entries / every, `${tries} tries in ${entries} entries`);
    assert.match(warnings.join("\n"), /a snapshot could not be written/);
    await local.stop();
  });
});

class NoRoom extends Error {
  readonly code = "no-room";
}

const WAIT = `load[${JOBS - 1}].wait`;

/** A service that has stopped while a run of it waited, and what it has left. */
async function leaveLoop(
  options: LocalRunsOptions = { snapshotEvery: 50 },
): Promise<{ readonly dataFolder: string; readonly id: string; readonly seq: number }> {
  const local = await startLocalRuns(FILES, undefined, options);
  const { id } = await local.start("loop");
  await until("the run waits", async () => (await statusOf(local, id, WAIT)) === "paused");
  await until("a snapshot of it", async () => (await local.store.readSnapshot(id)) !== null);
  await local.stop(true);
  const { dataFolder } = local;
  const [seq] = await change(dataFolder, "SELECT max(seq) AS seq FROM run_snapshot WHERE is_last");
  return { dataFolder, id, seq: seq ?? 0 };
}

async function change(dataFolder: string, sql: string): Promise<readonly number[]> {
  const connection = await openConnection(join(dataFolder, "headwater.db"), { access: "write" });
  const rows = await connection.all<{ readonly seq: number }>(sql);
  await connection.close();
  return rows.map(({ seq }) => seq);
}

async function statusOf({ store }: LocalRuns, id: string, path: string): Promise<string | undefined> {
  const [step] = await store.listSteps(id, { limit: 1, path });
  return step?.status;
}

function approve({ runs }: LocalRuns, id: string, path: string): Promise<void> {
  return runs.answerApproval(id, { path, by: "ann", approved: true, comment: "" });
}

/** All that it did before counts. */
async function finish(local: LocalRuns, id: string): Promise<void> {
  await approve(local, id, WAIT);
  assert.equal((await local.ended(id)).status, "succeeded");
  const [loop] = await local.store.listSteps(id, { limit: 1, path: "load" });
  assert.equal(loop?.iterations?.succeeded, JOBS);
  const jobs = await local.store.listSteps(id, { limit: 1000, loop: "load" });
  assert.ok(jobs.every(({ kind, attempt }) => kind !== "noop" || attempt === 1));
  await local.stop();
}

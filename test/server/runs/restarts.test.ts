import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import type { RestartRequest } from "#server/runs/restarts.js";
import { until } from "../../until.js";
import { startLocalRuns } from "./local-runs.js";
import type { LocalRuns } from "./local-runs.js";

const LOAD = `
workflow: load
params: { name: { type: string, default: a } }
steps:
  extract: { run: echo extracted >> extracted }
  check:
    needs: [extract]
    run: test -e mended
  publish: { needs: [check], noop: {} }
`;
const FILES = { "load.workflow.yaml": LOAD };
const INCOMPLETE: RestartRequest = {
  from: "incomplete",
  path: null,
  params: {},
  version: null,
  by: "ann",
  reason: "mended",
};

describe("a run that is restarted", function () {
  this.timeout(60_000);

  it("is the same run: what succeeded is not done again, and what people did is listed", async () => {
    const local = await startLocalRuns(FILES);
    const { id, number } = await local.start("load");
    const failed = await local.ended(id);
    assert.deepEqual([failed.status, failed.attempt], ["failed", 1]);
    writeFileSync(join(local.dataFolder, "mended"), "");
    await local.runs.restartRun(id, INCOMPLETE);
    const ended = await local.ended(id);
    assert.deepEqual(
      [ended.status, ended.attempt, ended.number, ended.reason],
      ["succeeded", 2, number, null],
    );
    assert.deepEqual(await attempts(local, id), { extract: 1, check: 2, publish: 1 });
    const [action] = await local.store.listRunActions(id, { limit: 10 });
    assert.deepEqual([action?.event.kind, action?.event.by], ["action", "ann"]);
    const signals = await local.store.listSignals({
      environment: "production",
      signal: "headwater/run-ended/local/production/load",
      since: 0,
      limit: 10,
    });
    assert.deepEqual(
      signals.map(({ params }) => params),
      [{ status: "failed" }, { status: "succeeded" }],
    );
    await local.stop();
  });

  it("goes on after the service was gone, before its turn and in the middle", async () => {
    const files = {
      "load.workflow.yaml": LOAD.replace(
        "test -e mended",
        "test -e mended && while [ ! -e go ]; do sleep 0.02; done",
      ),
    };
    const local = await startLocalRuns(files);
    const { id } = await local.start("load");
    await local.ended(id);
    writeFileSync(join(local.dataFolder, "mended"), "");
    await local.runs.restartRun(id, INCOMPLETE);
    await local.stop(true);
    const again = await startLocalRuns(files, local.dataFolder);
    await until("the step runs", async () => (await statuses(again, id))["check"] === "running");
    await again.stop(true);
    writeFileSync(join(local.dataFolder, "go"), "");
    const last = await startLocalRuns(files, local.dataFolder);
    assert.equal((await last.ended(id)).status, "succeeded");
    assert.equal((await attempts(last, id))["extract"], 1);
    await last.stop();
  });

  it("takes the version that is deployed now, and keeps what did not change", async () => {
    const local = await startLocalRuns(FILES);
    const { id, versionId } = await local.start("load", { name: "b" });
    await local.ended(id);
    await local.deploy({ "load.workflow.yaml": LOAD.replace("test -e mended", "touch checked") });
    await local.runs.restartRun(id, { ...INCOMPLETE, version: "latest" });
    const ended = await local.ended(id);
    assert.equal(ended.status, "succeeded");
    assert.notEqual(ended.versionId, versionId);
    assert.deepEqual(ended.params, { name: "b" });
    assert.ok(existsSync(join(local.dataFolder, "checked")));
    assert.equal((await attempts(local, id))["extract"], 1);
    // Its journal leads there again, from the version that it began with.
    await local.runs.restartRun(id, { ...INCOMPLETE, from: "step", path: "publish" });
    assert.deepEqual(
      [(await local.ended(id)).status, (await attempts(local, id))["publish"]],
      ["succeeded", 2],
    );
    await local.runs.restartRun(id, { ...INCOMPLETE, from: "beginning", version: 1, params: { name: "c" } });
    const back = await local.ended(id);
    assert.deepEqual([back.status, back.versionId, back.params], ["failed", versionId, { name: "c" }]);
    await local.stop();
  });

  it("is refused in words, and once when two ask for it", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("load");
    await local.ended(id);
    assert.match(
      await refusal(local, id, { version: 7 }),
      /^version-not-found: .* has no version 7; "headwater versions"/,
    );
    assert.match(
      await refusal(local, id, { params: { size: 1 } }),
      /^invalid-params: .*"size" is not a param/,
    );
    assert.match(await refusal(local, id, { from: "step", path: "none" }), /^step-not-found: /);
    assert.match(await refusal(local, "run_none", {}), /^run-not-found: /);
    const both = await Promise.all([refusal(local, id, {}), refusal(local, id, {})]);
    assert.equal(both[0], "done");
    assert.match(
      both[1] ?? "",
      /^(action-not-allowed: Cannot restart run .*: the run is (queued|running)|done)/,
    );
    await local.stop();
  });

  it("is refused where its repository was removed: nothing is left to do it with", async () => {
    const local = await startLocalRuns(FILES);
    const { id } = await local.start("load");
    await local.ended(id);
    await local.store.removeRepository("repository");
    assert.match(
      await refusal(local, id, {}),
      /^action-not-allowed: Cannot restart run .*: its repository was removed, .* start a new run/,
    );
    assert.deepEqual([(await local.store.findRun(id))?.status], ["failed"]);
    await local.stop();
  });
});

async function refusal(local: LocalRuns, runId: string, how: Partial<RestartRequest>): Promise<string> {
  try {
    await local.runs.restartRun(runId, { ...INCOMPLETE, ...how });
    return "done";
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

async function attempts(local: LocalRuns, runId: string): Promise<Readonly<Record<string, number>>> {
  const steps = await local.store.listSteps(runId, { limit: 100 });
  return Object.fromEntries(steps.map(({ path, attempt }) => [path, attempt]));
}

async function statuses(local: LocalRuns, runId: string): Promise<Readonly<Record<string, string>>> {
  const steps = await local.store.listSteps(runId, { limit: 100 });
  return Object.fromEntries(steps.map(({ path, status }) => [path, status]));
}

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { RepositoryRow } from "#server/store/store.js";
import { createHttpWorld, type HttpWorld } from "../server/http/http-world.js";
import {
  activation,
  advance,
  deployment,
  newRun,
  stepChange,
  SUCCEEDED,
} from "../server/store/store-rows.js";
import { noop } from "../engine/builder.js";
import { capturedMain } from "./captured-main.js";
import { headwater } from "./headwater-process.js";

const REPOSITORY: RepositoryRow = {
  id: "repo_1",
  name: "flights",
  url: "https://example.com/flights",
  branch: "main",
  createdAt: 1,
  headCommit: null,
  checkedAt: null,
  problem: null,
  follows: "branch",
  declared: null,
};

describe("the commands that ask the service", () => {
  it("say that the newest commit was refused, where they list what is deployed", async () => {
    await withWorld(async (world, env) => {
      await world.store.saveRepository(REPOSITORY);
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      assert.ok(!(await capturedMain(["workflows"], { env })).stdout.includes("deployments"));
      const refused = { status: "refused", commit: "bad0bad0bad0", reason: "1 error" } as const;
      await world.store.recordDeployment(deployment("dep_2", refused));
      const line = /\n\n\S+: bad0bad0 was refused, c0ffee is live: headwater deployments --project sales\n$/;
      for (const command of [["workflows"], ["workflows", "--project", "sales"], ["repo", "list"]]) {
        assert.match((await capturedMain(command, { env })).stdout, line);
      }
      const json = await capturedMain(["workflows", "--format", "json"], { env });
      const { notLive } = JSON.parse(json.stdout) as { notLive: readonly { notLive: object }[] };
      assert.deepEqual(
        notLive.map((repository) => repository.notLive),
        [{ commit: "bad0bad0bad0", status: "refused", project: "sales", liveCommit: "c0ffee" }],
      );
    });
  });

  it("send signals, each once for its id, and list what came in", async () => {
    await withWorld(async (world, env) => {
      const send = [
        "signal",
        "orders.loaded",
        "--param",
        "rows=3",
        "--param",
        "date=2026-01-02",
        "--id",
        "r1",
      ];
      assert.match(
        (await capturedMain(["signals"], { env })).stdout,
        /^No signal has come in production yet/,
      );
      const unheard =
        /^Recorded signal \d+, and nobody hears it\nNothing is deployed in an environment "production"/;
      assert.match((await capturedMain(send, { env })).stdout, unheard);
      assert.equal(
        (await capturedMain(send, { env })).stdout,
        'Nothing new: "r1" was recorded before, as signal 1\n',
      );
      const { code, stdout } = await capturedMain([...send, "--require-heard"], { env });
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^Nothing new: "r1" was recorded before, as signal 1, and nobody hears it\nNothing is deployed/,
      );
      const rates = await capturedMain(["signal", "rates"], { env });
      assert.equal(rates.code, 0);
      assert.match(rates.stdout, unheard);
      const [first] = await world.store.listUnmatchedSignals(1);
      assert.deepEqual(first?.params, { rows: 3, date: "2026-01-02" });
      const list = await capturedMain(["signals", "--limit", "1"], { env });
      assert.match(
        list.stdout,
        /^ID +SIGNAL .*\n\d+ +rates .*outside, as .* not matched yet: \{\}\n\nOlder ones: headwater signals --before \d+\.\d+\n$/,
      );
      const before = /--before (\S+)/.exec(list.stdout)?.[1] ?? "";
      const older = await capturedMain(["signals", "--before", before, "--name", "orders.loaded"], { env });
      assert.match(
        older.stdout,
        /\n1 +orders\.loaded .*outside, as "r1" +not matched yet: \{"rows":3,"date"/,
      );
      assert.match(
        (await capturedMain(["signals", "--until", "2020-01-01"], { env })).stdout,
        /^No signal in production is like that\./,
      );
      assert.equal((await capturedMain(["signal", "9"], { env })).code, 2);
      const misplaced = await capturedMain(["signal", "rates", "day=2", "to=x"], { env });
      assert.deepEqual(
        [misplaced.code, misplaced.stderr],
        [
          2,
          'error: Cannot send "rates" with day=2 to=x: what it carries is said as --param day=2 --param to=x\n',
        ],
      );
    });
  });

  it("list what is deployed and start runs of it", async () => {
    await withWorld(async (world, env) => {
      await world.store.saveRepository(REPOSITORY);
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      const workflows = await headwater(["workflows"], { env });
      assert.match(workflows.stdout, /^WORKFLOW +VERSION +LAST RUN .*\nsales\/daily +v1 +never ran/);
      const started = await headwater(["run", "sales/daily", "--param", "limit=3", "--format", "json"], {
        env,
      });
      assert.equal(started.code, 0);
      assert.deepEqual((JSON.parse(started.stdout) as { params: object }).params, { limit: 3 });
      const shown = await headwater(["show", "sales/daily#1"], { env });
      assert.match(shown.stdout, /^sales\/daily#1 {2}queued: waits for run 12\n/);
      assert.match(
        (await headwater(["cancel", "sales/daily#1"], { env })).stdout,
        /^Canceling sales\/daily#1\n/,
      );
      const approve = ["approve", "sales/daily#1", "check", "--comment", "fine"];
      assert.equal((await headwater(approve, { env })).stdout, "Approved check of sales/daily#1\n");
      assert.equal(
        (await headwater(["reject", "sales/daily#1", "check"], { env })).stdout,
        "Rejected check of sales/daily#1\n",
      );
      assert.match((await headwater(["versions", "sales/daily"], { env })).stdout, /\nv1 +c0ffee/);
      assert.match(
        (await headwater(["deployments"], { env })).stdout,
        / active +sales +c0ffee +Load sales\n +by Ada <.*>, committed by GitHub <.*>, live 0\.05 s after the push was seen\n +adds daily v1\n$/,
      );
    });
  });

  it("wait for a run, tell each change and end with its steps and its result", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      const waiting = capturedMain(["run", "sales/daily", "--wait"], { env });
      const run = await firstRun(world);
      const steps = [stepChange("extract", { status: "failed", endedAt: 2500, reason: "exit code 3" })];
      const end = { ...SUCCEEDED, status: "failed", reason: "extract failed" } as const;
      await world.store.advanceRun(advance(run.id, 1, { steps, run: end }));
      const { id: runId, project, workflow, number } = run;
      world.feed.publish([{ kind: "run", runId, project, workflow, number, status: "failed" }]);
      const { code, stdout } = await waiting;
      assert.equal(code, 1);
      assert.match(stdout, /\nextract +failed +1 +0\.50 s/);
      assert.equal(stdout.split("exit code 3").length, 2, "the failure is said once");
      assert.match(stdout, /\nsales\/daily#1 failed in 1\.00 s: extract failed\n$/);
    });
  });

  it("set, list and unset permits, show the pools, and say what a run waits for", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      await world.store.advanceRun(advance("run_1", 1));
      const run = async (...args: readonly string[]): Promise<string> =>
        (await capturedMain(args, { env })).stdout;
      assert.equal(await run("permits", "set", "api", "20"), "api: 20 at once; 0 held, 0 waiting\n");
      assert.match(
        await run("permits", "list"),
        /^PERMIT +LIMIT .*\napi +20 +0 +0 +\S+, .*\nconfigured_api +4 +0 +0 +HEADWATER_PERMITS\n$/,
      );
      assert.equal(await run("permits", "unset", "api"), "api: 1 at once; 0 held, 0 waiting\n");
      const refused = await capturedMain(["permits", "set", "api", "many"], { env });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /^error: Cannot read "many" as a limit/);
      assert.match(await run("pools"), /^POOL +SLOTS .*\ndefault +2 +0 +0\n$/);
      assert.match(
        await run("why", "sales/daily#1"),
        /^sales\/daily#1 runs\nSTEP .*\nload\.copy +1200 .* waits for one of 2 slots of the pool default; 3 ahead; until a step gives back a slot of the pool default\n$/,
      );
      assert.match(await run("why", "run_1", "load[3].copy"), /\nload\[3\]\.copy +1 /);
    });
  });

  it("unblock a workflow whose latest run failed, say which run that was, and refuse when none did", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      const refused = await capturedMain(["unblock", "sales/daily"], { env });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /^error: Cannot unblock "daily"/);
      await world.store.createRuns([newRun("run_1")]);
      const failed = { ...SUCCEEDED, status: "failed", reason: "extract failed" } as const;
      await world.store.advanceRun(advance("run_1", 1, { run: failed }));
      assert.deepEqual(await capturedMain(["unblock", "sales/daily"], { env }), {
        code: 0,
        stdout: "sales/daily goes on; sales/daily#1 holds it up no longer\n",
        stderr: "",
      });
      const shown = await capturedMain(["show", "sales/daily#1"], { env });
      assert.match(shown.stdout, /^sales\/daily#1 {2}failed.*: extract failed; unblocked by \S+\n/);
      assert.equal((await capturedMain(["unblock", "sales/daily"], { env })).code, 2);
    });
  });

  it("set a breakpoint for all runs of a workflow, and take it away", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(
        activation(deployment("dep_1"), { daily: { steps: [noop("extract")] } }),
      );
      const set = await capturedMain(["breakpoint", "sales/daily", "extract", "--reason", "to look"], {
        env,
      });
      const done = "extract of all runs of sales/daily\n";
      assert.deepEqual(set, { code: 0, stdout: `Set a breakpoint at ${done}`, stderr: "" });
      const twice = await capturedMain(["breakpoint", "sales/daily", "extract"], { env });
      assert.deepEqual([twice.code, /it has one already, set by/.test(twice.stderr)], [2, true]);
      const cleared = await capturedMain(["breakpoint", "sales/daily", "extract", "--clear"], { env });
      assert.deepEqual(cleared, { code: 0, stdout: `Cleared the breakpoint at ${done}`, stderr: "" });
    });
  });

  it("pause a workflow and resume it, show that it is paused, and refuse a step without its run", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      const paused = await capturedMain(["pause", "sales/daily", "--reason", "the source is down"], { env });
      assert.deepEqual(paused, { code: 0, stdout: "Paused sales/daily\n", stderr: "" });
      assert.match(
        (await capturedMain(["workflows"], { env })).stdout,
        /sales\/daily +v1 +never ran +paused by \S+/,
      );
      const twice = await capturedMain(["pause", "sales/daily"], { env });
      assert.equal(twice.code, 2);
      assert.match(twice.stderr, /it is paused already by \S+: the source is down/);
      const step = await capturedMain(["resume", "sales/daily", "--step", "load"], { env });
      assert.deepEqual(
        [step.code, /--step is of one run, such as sales\/daily#12/.test(step.stderr)],
        [2, true],
      );
      const resumed = await capturedMain(["resume", "sales/daily"], { env });
      assert.deepEqual(resumed, { code: 0, stdout: "Resumed sales/daily\n", stderr: "" });
      assert.equal((await capturedMain(["resume", "sales/daily"], { env })).code, 2);
    });
  });

  it("say of a run that begins or is restarted that its workflow is paused, by whom, why and until what", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await capturedMain(["pause", "sales/daily", "--reason", "the source is down"], { env });
      const waits =
        /^(Started \S+ \(run_\w+\)\n|Restarted \S+ )It waits: sales\/daily is paused by \S+ \(the source is down\)\. Let it go on: headwater resume sales\/daily\n$/;
      assert.match((await capturedMain(["run", "sales/daily"], { env })).stdout, waits);
      assert.match((await capturedMain(["restart", "sales/daily#1"], { env })).stdout, waits);
    });
  });

  it("restart at the commit of the run, and say so when another one is deployed", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      const restart = ["restart", "sales/daily#1"];
      assert.equal((await capturedMain(restart, { env })).stdout, "Restarted sales/daily#1\n");
      const mended = deployment("dep_2", { commit: "f00d5f00d5f00d5" });
      await world.store.activateDeployment(activation(mended, { daily: {} }));
      assert.equal(
        (await capturedMain(restart, { env })).stdout,
        "Restarted sales/daily#1 at commit c0ffee, as before; f00d5f00 is deployed now: --version latest\n",
      );
      assert.equal(
        (await capturedMain([...restart, "--version", "latest"], { env })).stdout,
        "Restarted sales/daily#1\n",
      );
    });
  });

  it("say which attempt a log is of, and how a step of a loop is named", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      const steps = [stepChange("fetch[0].download", { attempt: 4, endedAt: 2500, status: "failed" })];
      await world.store.advanceRun(advance("run_1", 1, { steps }));
      const logs = ["logs", "sales/daily#1"];
      const { stderr } = await capturedMain([...logs, "fetch[0].download"], { env });
      assert.equal(stderr, "attempt 4; 3 earlier: --attempt 3\n");
      const earlier = await capturedMain([...logs, "fetch[0].download", "--attempt", "3"], { env });
      assert.equal(earlier.stderr, "");
      const inner = await capturedMain([...logs, "download"], { env });
      assert.deepEqual(
        [inner.code, inner.stderr],
        [
          2,
          'error: Cannot find step "download" in sales/daily#1: did you mean fetch[0].download, or fetch.download for all its iterations?\n',
        ],
      );
    });
  });

  it("tell of a step that failed and has written nothing why it failed", () =>
    withWorld(async (world, env) => {
      await world.store.createRuns([newRun("run_1")]);
      const ended = { attempt: 1, endedAt: 2500 };
      const steps = [
        stepChange("load", { ...ended, status: "failed", reason: "exited with code 3" }),
        stepChange("before", { ...ended, status: "succeeded" }),
      ];
      await world.store.advanceRun(advance("run_1", 1, { steps }));
      const said = "It failed, and has written nothing: exited with code 3\n";
      assert.equal((await capturedMain(["logs", "sales/daily#1", "load"], { env })).stdout, said);
      assert.equal((await capturedMain(["logs", "sales/daily#1"], { env })).stdout, `load | ${said}`);
    }));

  it("say of a run that ended before any step began why it did", () =>
    withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      const failed = { ...SUCCEEDED, status: "failed", reason: "params are not usable" } as const;
      await world.store.advanceRun(advance("run_1", 1, { run: failed }));
      const logs = await capturedMain(["logs", "sales/daily#1"], { env });
      assert.deepEqual(
        [logs.stdout, logs.stderr],
        ["", "No step of sales/daily#1 has begun. It has failed: params are not usable\n"],
      );
      const why = await capturedMain(["why", "sales/daily#1"], { env });
      assert.match(why.stdout, /^sales\/daily#1 waits for nothing: it has failed: params are not usable\n/);
    }));

  it("offer the nearest name for a workflow that is not there, and say so when a filter fits nothing", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      for (const args of [["versions"], ["unblock"], ["runs", "--workflow"]]) {
        const { code, stderr } = await capturedMain([...args, "sales/dialy"], { env });
        assert.deepEqual(
          [code, /: no such workflow .*\. Did you mean "sales\/daily"\?\n$/.test(stderr)],
          [2, true],
        );
      }
      const runs = await capturedMain(["runs", "--workflow", "sales/daily"], { env });
      assert.match(runs.stdout, /^No run is like that\. All are listed without --workflow/);
      const none = await capturedMain(["workflows", "--project", "ads"], { env });
      assert.match(
        none.stdout,
        /^No workflow of project "ads" is deployed in production\. .* --project\.\n$/,
      );
    });
  });

  it("say a refusal in the service's own words and end with 2", async () => {
    await withWorld(async (_, env) => {
      const { code, stderr } = await capturedMain(["show", "run_none"], { env });
      assert.deepEqual([code, stderr], [2, 'error: Cannot find run "run_none": there is none\n']);
      const unnumbered = await capturedMain(["show", "sales/daily"], { env });
      assert.equal(
        unnumbered.stderr,
        'error: Cannot find run "sales/daily" in environment "production": name a run as PROJECT/WORKFLOW#NUMBER; it has none\n',
      );
    });
  });

  it("name the latest run, and the steps that wait for an answer, where they are not told", async () => {
    await withWorld(async (world, env) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      await world.store.advanceRun(advance("run_1", 1));
      const unnumbered = await capturedMain(["show", "sales/daily"], { env });
      assert.match(
        unnumbered.stderr,
        /name a run as PROJECT\/WORKFLOW#NUMBER; the latest is sales\/daily#1\n$/,
      );
      const none = await capturedMain(["approve", "sales/daily#1"], { env });
      assert.match(
        none.stderr,
        /^error: Cannot approve sales\/daily#1 without a step: none of its steps waits/,
      );
      const asks = stepChange("check", { kind: "approval", status: "paused" });
      await world.store.advanceRun(advance("run_1", 2, { steps: [asks] }));
      const { code, stderr } = await capturedMain(["reject", "sales/daily#1"], { env });
      assert.equal(code, 2);
      assert.match(stderr, /without a step\. What waits: headwater reject sales\/daily#1 check\n$/);
    });
  });

  it("make folders absolute, and find the service that was started in the folder", async () => {
    await withWorld(async (world) => {
      const cwd = mkdtempSync(join(tmpdir(), "headwater-cli-"));
      mkdirSync(join(cwd, ".headwater"));
      writeFileSync(join(cwd, ".headwater", "server.json"), JSON.stringify({ url: world.url }));
      await world.store.recordDeployment(deployment("dep_1", { repositoryId: "repo_flights" }));
      const added = await capturedMain(["repo", "add", "./flights", "--format", "json"], { cwd });
      const { repository } = JSON.parse(added.stdout) as { repository: { url: string } };
      assert.deepEqual([added.code, repository.url], [0, join(cwd, "flights")]);
      rmSync(cwd, { recursive: true });
    });
  });
});

async function withWorld(
  test: (world: HttpWorld, env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const world = await createHttpWorld();
  try {
    await test(world, { HEADWATER_URL: world.url });
  } finally {
    await world.stop();
  }
}

/** Waits until the command has started its run: every turn of the loop asks the store anew. */
async function firstRun(world: HttpWorld) {
  for (;;) {
    const [run] = await world.store.listRuns({ limit: 1 });
    if (run !== undefined) return run;
  }
}

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService, type Service } from "#server/main.js";
import { ScratchRepository } from "#test/server/source/scratch-repository.js";
import { until } from "#test/until.js";
import { capturedMain } from "../captured-main.js";

const FILES = {
  "headwater.yaml":
    "project: shop\nenvironments: { production: { branch: main }, staging: { branch: develop } }\n",
  "emitter.workflow.yaml":
    "workflow: emitter\nsteps: { load: { noop: true, emit: { signal: orders.loaded, params: { day: today } } } }\n",
  "listener.workflow.yaml":
    "workflow: listener\ntriggers: [{ signal: orders.loaded }]\nsteps: { go: { noop: true } }\n",
  "waiter.workflow.yaml":
    "workflow: waiter\nsteps: { go: { noop: true, wait_for: { signal: orders.loaded, lookback: 1h } } }\n",
};

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface ListedRun {
  readonly workflow: string;
  readonly environment: string;
  readonly status: string;
}

describe("signals of environments", () => {
  let folder = "";
  let service: Service | null = null;
  let repository: ScratchRepository;
  const main = (...args: readonly string[]) =>
    capturedMain(args, { env: { HEADWATER_URL: service?.url ?? "" }, cwd: folder, user: "ann" });
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await main(...args);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    return stdout;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-signals-"));
    repository = await ScratchRepository.create(join(folder, "shop"));
    for (const branch of ["main", "develop"]) await repository.commit(FILES, { branch });
    const options = { dataFolder: join(folder, "data"), port: 0 };
    const config = resolveConfig(options, { PATH: process.env["PATH"] }, folder);
    service = await startService({ config, log });
    const added = await run("repo", "add", repository.folder);
    assert.match(
      added,
      /^Following shop, branch main\n.*\nFollowing shop@staging, branch develop, for staging\n$/,
    );
  });

  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are heard where the run is that emits them: by triggers, by steps that wait, and in lineage", async () => {
    await run("run", "shop/emitter", "--environment", "staging", "--wait");
    assert.deepEqual(await ended("staging", 2), ["emitter succeeded", "listener succeeded"]);
    const waiter = ["run", "shop/waiter", "--environment"] as const;
    await run(...waiter, "staging", "--wait");
    await run(...waiter, "production");
    await until("it waits", async () => (await ended("production", 0)).includes("waiter running") || null);
    const lineage = await run(
      "lineage",
      "workflow",
      "shop/listener",
      "--environment",
      "staging",
      "--format",
      "json",
    );
    assert.doesNotMatch(lineage, /production/);
    await run("run", "shop/emitter", "--wait");
    assert.deepEqual(await ended("production", 3), [
      "emitter succeeded",
      "listener succeeded",
      "waiter succeeded",
    ]);
    assert.equal((await ended("staging", 3)).length, 3);
  });

  it("of outside are heard in production, or in the environment that their sender names", async () => {
    assert.match(
      await run("signal", "orders.loaded", "--environment", "staging", "--require-heard"),
      /^Recorded signal \d+, heard by triggers of 1 workflow and by steps of 1 workflow that wait\n$/,
    );
    assert.deepEqual(
      (await ended("staging", 4)).filter((one) => one.startsWith("listener")),
      ["listener succeeded", "listener succeeded"],
    );
    await run("signal", "orders.loaded");
    assert.equal((await ended("production", 4)).length, 4);
    const listed = await run("signals", "--environment", "staging", "--format", "json");
    assert.doesNotMatch(listed, /"environment": ?"production"/);
    assert.match(listed, /"environment": ?"staging"/);
  });

  it("are one for their request, which is of one signal in one environment, and are refused with other params", async () => {
    const send = async (...args: readonly string[]) => (await run("signal", ...args, "--id", "77")).trim();
    const [first, other, elsewhere] = [
      await send("a.one", "--param", "x=1"),
      await send("b.two", "--param", "x=2"),
      await send("a.one", "--param", "x=1", "--environment", "staging"),
    ];
    for (const said of [first, other, elsewhere])
      assert.match(
        said,
        /^Recorded signal \d+, and nobody hears it\nNothing in (production|staging) listens/,
      );
    assert.match(
      await send("a.one", "--param", "x=1"),
      /^Nothing new: "77" was recorded before, as signal \d+$/,
    );
    const { code, stderr } = await main("signal", "a.one", "--param", "x=2", "--id", "77");
    assert.equal(code, 2);
    assert.match(stderr, /"77" was recorded before, as signal \d+, with other params/);
  });

  it("may be of an environment that is new: the sync that finds it declared names it, once, and tells that its branch is missing", async () => {
    const settings =
      "project: shop\nenvironments: { production: { branch: main }, staging: { branch: develop }, test: { branch: next } }\n";
    await repository.commit({ ...FILES, "headwater.yaml": settings }, { branch: "main" });
    assert.match(
      await run("repo", "sync", "shop"),
      /^shop: [0-9a-f]{12} is active: .*\nFollowing shop@test, branch next, for test\. There is no branch "next" yet.*\n$/,
    );
    assert.match(await run("repo", "sync", "shop"), /^shop: .*\n$/);
  });

  it("are of an environment that there is: commands refuse a misspelt one, name the nearest, and list those there are", async () => {
    const asked = [
      ["run", "shop/emitter"],
      ["workflows"],
      ["runs"],
      ["runs", "--workflow", "shop/emitter"],
      ["logs", "shop/emitter#1"],
      ["signals"],
      ["versions", "shop/emitter"],
      ["backfills"],
      ["alerts"],
    ];
    for (const args of asked) {
      const { code, stdout, stderr } = await main(...args, "--environment", "stagin");
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(
        stderr,
        /Nothing is deployed in an environment "stagin"\. Did you mean "staging"\? There are production, staging\n$/,
      );
    }
    // Declared, and followed, though nothing is deployed in it yet.
    assert.match(await run("workflows", "--environment", "test"), /^Nothing is deployed in test\./);
  });

  /** The runs there, by workflow, once so many have ended. */
  function ended(environment: string, count: number): Promise<readonly string[]> {
    return until(`${count} runs of ${environment} have ended`, async () => {
      const { runs } = JSON.parse(await run("runs", "--environment", environment, "--format", "json")) as {
        readonly runs: readonly ListedRun[];
      };
      const done = runs.filter(({ status }) => status !== "queued" && status !== "running");
      return done.length === count ? runs.map((one) => `${one.workflow} ${one.status}`).sort() : null;
    });
  }

  it("list the runs of one project only", async () => {
    assert.match(await run("runs", "--project", "shop"), /\nshop\/emitter#1 /);
    assert.match(await run("runs", "--project", "ship"), /^No run is like that\./);
    const both = await main("runs", "--project", "shop", "--workflow", "shop/emitter");
    assert.deepEqual([both.code, both.stdout], [2, ""]);
  });

  it("leave no doubt where a run is: one that is not in production says so, for both may have one name", async () => {
    const staged = await run("run", "shop/listener", "--environment", "staging", "--wait");
    assert.match(staged, /\nshop\/listener#\d+ in staging succeeded/);
    assert.match(await run("run", "shop/listener", "--wait"), /\nshop\/listener#\d+ succeeded/);
  });
});

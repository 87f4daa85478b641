import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, it } from "mocha";
import { openApiDocument } from "@headwater/api";
import { ServiceError } from "#server/errors.js";
import { logFileOf } from "#server/logs/log-files.js";
import { formatLogLine } from "#server/logs/log-line.js";
import {
  advance,
  activation,
  deployment,
  KEY,
  newRun,
  schedule,
  stepChange,
  SUCCEEDED,
} from "../store/store-rows.js";
import { noop } from "../../engine/builder.js";
import { createHttpWorld, post, withWorld, type HttpWorld } from "./http-world.js";

describe("createHttpServer()", () => {
  it(
    "answers with the contract that the table of routes says",
    withWorld(async (world) => {
      assert.deepEqual((await world.ask("/api/v1/openapi.json")).body, openApiDocument());
    }),
  );

  it(
    "answers what it does not know with where to look",
    withWorld(async (world) => {
      const { status, body } = await world.ask("/api/v1/nothing");
      assert.equal(status, 404);
      assert.deepEqual(body.error, {
        code: "not-found",
        message: "Cannot find GET /api/v1/nothing: the routes are in /api/v1/openapi.json",
        data: {},
      });
    }),
  );

  it(
    "names every part of a request that is wrong",
    withWorld(async (world) => {
      const { status, body } = await world.ask("/api/v1/runs?limit=0&color=red");
      assert.equal(status, 400);
      assert.equal(body.error.code, "bad-request");
      assert.match(body.error.message, /query\.limit: .*; query: .*"color"/);
    }),
  );

  it(
    "refuses a body that is too large, and one that is not JSON",
    withWorld(async (world) => {
      const large = await world.ask("/api/v1/signals", post({ signal: "x".repeat(1024 * 1024) }));
      assert.deepEqual([large.status, large.body.error.code], [413, "payload-too-large"]);
      const broken = await world.ask("/api/v1/signals", { ...post({}), body: "{" });
      assert.deepEqual([broken.status, broken.body.error.code], [400, "bad-request"]);
    }),
  );

  it(
    "refuses a whole number that would be another one, wherever it stands, and a hook none that nobody reads",
    withWorld(async (world) => {
      const send = (path: string, body: string) => world.ask(`/api/v1/${path}`, { ...post({}), body });
      const { status, body } = await send(
        "signals",
        '{"signal":"loaded","params":{"ids":[{"big":12345678901234567890}]}}',
      );
      assert.deepEqual([status, body.error.code], [400, "bad-request"]);
      assert.match(body.error.message, /^Cannot read the request: 12345678901234567890 is beyond/);
      const infinite = await send("signals", '{"signal":"loaded","params":{"far":1e400}}');
      assert.match(infinite.body.error.message, /1e400 is beyond all numbers/);
      assert.deepEqual(await world.store.listUnmatchedSignals(9), []);
      const taken =
        '{"signal":"loaded","params":{"id":"12345678901234567890","n":9007199254740991,"far":1e300,"near":0.1}}';
      assert.equal((await send("signals", taken)).status, 202);
      const [signal] = await world.store.listUnmatchedSignals(9);
      assert.deepEqual(signal?.params, { id: "12345678901234567890", n: 2 ** 53 - 1, far: 1e300, near: 0.1 });
      const hook = await send("hooks/git", '{"repository":{"id":12345678901234567890,"url":"/srv/flights"}}');
      assert.deepEqual([hook.status, world.hints], [202, ["/srv/flights"]]);
    }),
  );

  it(
    "lists, adds, syncs and removes repositories",
    withWorld(async (world) => {
      const added = await world.ask("/api/v1/repositories", post({ url: "/srv/flights" }));
      assert.equal(added.status, 201);
      assert.equal(added.body.name, "flights");
      assert.deepEqual((await world.ask("/api/v1/repositories")).body, { repositories: [added.body] });
      assert.deepEqual(
        (await world.ask("/api/v1/repositories/flights/sync", { method: "POST" })).body,
        added.body,
      );
      assert.deepEqual((await world.ask("/api/v1/repositories/flights", { method: "DELETE" })).body, {
        removed: "flights",
      });
      const gone = await world.ask("/api/v1/repositories/flights");
      assert.deepEqual([gone.status, gone.body.error.code], [404, "repository-not-found"]);
    }),
  );

  it(
    "lists workflows page by page, each with its next fire and its last run",
    withWorld(async (world) => {
      await deploy(world);
      const first = await world.ask("/api/v1/workflows?limit=1");
      assert.deepEqual(
        first.body.workflows.map((row) => row.workflow),
        ["daily"],
      );
      assert.equal(first.body.workflows[0]?.nextFireAt, 5000);
      assert.equal(first.body.workflows[0]?.lastRun, null);
      assert.equal(first.body.next, "sales/daily");
      const second = await world.ask(
        `/api/v1/workflows?limit=1&after=${encodeURIComponent(first.body.next)}`,
      );
      assert.deepEqual(
        second.body.workflows.map((row) => row.workflow),
        ["weekly"],
      );
      assert.equal(second.body.next, null);
      assert.deepEqual((await world.ask("/api/v1/workflows?environment=staging")).body.workflows, []);
    }),
  );

  it(
    "tells how long runs of a project usually take",
    withWorld(async (world) => {
      await deploy(world);
      for (const id of ["run_a", "run_b", "run_c"]) {
        await world.store.createRuns([newRun(id)]);
        await world.store.advanceRun(advance(id, 1, { run: SUCCEEDED }));
      }
      const { body } = await world.ask("/api/v1/usual-durations?project=sales");
      assert.deepEqual(body, { usualDurations: [{ workflow: "daily", medianMs: 1000, runs: 3 }] });
      assert.equal((await world.ask("/api/v1/usual-durations")).body.error.code, "bad-request");
    }),
  );

  it(
    "shows a workflow with its schedules, its versions and a version's definition",
    withWorld(async (world) => {
      await deploy(world);
      const { body } = await world.ask("/api/v1/workflows/sales/daily");
      assert.deepEqual(body.schedules, [
        { schedule: "0 6 * * *", timezone: "Europe/Prague", nextSlotAt: 5000, nextFireAt: 5000 },
      ]);
      const { versions } = (await world.ask("/api/v1/workflows/sales/daily/versions")).body;
      assert.equal(versions.length, 1);
      assert.equal((await world.ask(`/api/v1/versions/${versions[0]?.id}`)).body.definition.id, "daily");
      assert.equal((await world.ask("/api/v1/versions/none")).body.error.code, "version-not-found");
      assert.equal((await world.ask("/api/v1/workflows/sales/none")).body.error.code, "workflow-not-found");
    }),
  );

  it(
    "starts a run once for a request id, and finds it by id and by name",
    withWorld(async (world) => {
      await deploy(world);
      const path = "/api/v1/workflows/sales/daily/runs";
      const started = await world.ask(path, post({ params: { mode: "full" }, requestId: "r1", by: "ada" }));
      assert.equal(started.status, 201);
      assert.deepEqual(started.body.params, { mode: "full" });
      assert.equal((await world.ask(path, post({ requestId: "r1" }))).body.id, started.body.id);
      for (const id of [started.body.id, encodeURIComponent("sales/daily#1")]) {
        assert.deepEqual((await world.ask(`/api/v1/runs/${id}`)).body, started.body);
      }
      const missing = await world.ask(`/api/v1/runs/${encodeURIComponent("sales/daily#2")}`);
      assert.deepEqual([missing.status, missing.body.error.code], [404, "run-not-found"]);
      const canceled = await world.ask(`/api/v1/runs/${started.body.id}/cancel`, { method: "POST" });
      assert.deepEqual([canceled.status, world.canceled], [202, [started.body.id]]);
    }),
  );

  it(
    "unblocks a workflow once, tells of the run that held it up, and knows no others",
    withWorld(async (world) => {
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {} }));
      await world.store.createRuns([newRun("run_1")]);
      const failed = {
        status: "failed",
        reason: "no",
        startedAt: 2000,
        endedAt: 3000,
        outputs: null,
      } as const;
      await world.store.advanceRun(advance("run_1", 1, { run: failed }));
      const path = "/api/v1/workflows/sales/daily/unblock";
      const { status, body } = await world.ask(path, post({ by: "ada" }));
      assert.deepEqual([status, body.id, body.reason], [200, "run_1", "no; unblocked by ada"]);
      const again = await world.ask(path, { method: "POST" });
      assert.deepEqual([again.status, again.body.error.code], [409, "workflow-not-blocked"]);
      const unknown = await world.ask("/api/v1/workflows/sales/none/unblock", { method: "POST" });
      assert.deepEqual([unknown.status, unknown.body.error.code], [404, "workflow-not-found"]);
    }),
  );

  it(
    "sets a breakpoint for all runs of a workflow once, takes it away, and tells who and why",
    withWorld(async (world) => {
      await world.store.activateDeployment(
        activation(deployment("dep_1"), { daily: { steps: [noop("extract")] } }),
      );
      const path = "/api/v1/workflows/sales/daily/breakpoints";
      const set = await world.ask(path, post({ step: "extract", by: "ann", reason: "to look" }));
      assert.deepEqual(
        set.body.breakpoints.map(({ step, by, reason, cleared }) => [step, by, reason, cleared]),
        [["extract", "ann", "to look", null]],
      );
      const twice = await world.ask(path, post({ step: "extract", by: "bob" }));
      assert.deepEqual([twice.status, twice.body.error.code], [409, "action-not-allowed"]);
      assert.match(twice.body.error.message, /it has one already, set by ann: to look$/);
      const unknown = await world.ask(path, post({ step: "extract[0]" }));
      assert.deepEqual([unknown.status, unknown.body.error.code], [404, "step-not-found"]);
      const cleared = await world.ask(`${path}/clear`, post({ step: "extract", by: "bob" }));
      assert.deepEqual(
        cleared.body.breakpoints.map(({ by, cleared: end }) => [by, end?.by]),
        [["ann", "bob"]],
      );
      const again = await world.ask(`${path}/clear`, post({ step: "extract", by: "bob" }));
      assert.match(again.body.error.message, /it has none; its workflow has none$/);
      // Also whoever was refused has heard how it stands.
      assert.deepEqual(new Set(world.canceled), new Set(["daily has other breakpoints"]));
    }),
  );

  it(
    "pauses a workflow once and resumes it, tells who and why, and does not say when its schedules fire meanwhile",
    withWorld(async (world) => {
      const schedules = [schedule("s1", 5000)];
      await world.store.activateDeployment(activation(deployment("dep_1"), { daily: { schedules } }));
      const path = "/api/v1/workflows/sales/daily";
      const paused = await world.ask(`${path}/pause`, post({ by: "ann", reason: "the source is down" }));
      assert.deepEqual([paused.status, paused.body.paused?.by, paused.body.nextFireAt], [200, "ann", null]);
      const twice = await world.ask(`${path}/pause`, post({ by: "bob" }));
      assert.deepEqual([twice.status, twice.body.error.code], [409, "action-not-allowed"]);
      assert.match(
        twice.body.error.message,
        /^Cannot pause "sales\/daily": it is paused already by ann: the source is down$/,
      );
      const listed = (await world.ask("/api/v1/workflows")).body.workflows;
      assert.deepEqual(
        listed.map(({ paused: by }) => by),
        [paused.body.paused],
      );
      const resumed = await world.ask(`${path}/resume`, post({ by: "bob", reason: "it is back" }));
      assert.deepEqual([resumed.status, resumed.body.paused, resumed.body.nextFireAt], [200, null, 5000]);
      assert.deepEqual(world.canceled, ["daily goes on"]);
      const again = await world.ask(`${path}/resume`, { method: "POST" });
      assert.deepEqual([again.status, again.body.error.code], [409, "action-not-allowed"]);
      assert.deepEqual(
        (await world.ask(path)).body.pauses.map(({ by, reason, resumed }) => [by, reason, resumed?.by]),
        [["ann", "the source is down", "bob"]],
      );
      const unknown = await world.ask("/api/v1/workflows/sales/none/pause", { method: "POST" });
      assert.deepEqual([unknown.status, unknown.body.error.code], [404, "workflow-not-found"]);
    }),
  );

  it(
    "pages runs and steps by keyset, and says why a step waits",
    withWorld(async (world) => {
      await world.store.createRuns(["run_1", "run_2", "run_3"].map((id) => newRun(id)));
      const first = await world.ask("/api/v1/runs?limit=2");
      assert.deepEqual(
        first.body.runs.map(({ id }) => id),
        ["run_3", "run_2"],
      );
      const second = await world.ask(`/api/v1/runs?limit=2&before=${first.body.next}`);
      assert.deepEqual([second.body.runs.map(({ id }) => id), second.body.next], [["run_1"], null]);
      const steps = [stepChange("a"), stepChange("queued", { status: "queued" })];
      await world.store.advanceRun(advance("run_1", 1, { steps }));
      const page = await world.ask("/api/v1/runs/run_1/steps?limit=1");
      assert.deepEqual(
        page.body.steps.map(({ path }) => path),
        ["a"],
      );
      const rest = await world.ask(`/api/v1/runs/run_1/steps?after=${page.body.next}`);
      assert.deepEqual(
        rest.body.steps.map((step) => [step.path, step.reason]),
        [["queued", "2 ahead"]],
      );
      const found = await world.ask("/api/v1/runs/run_1/steps?status=queued,failed&loop=");
      assert.deepEqual(
        found.body.steps.map(({ path }) => path),
        ["queued"],
      );
      const wrong = await world.ask("/api/v1/runs/run_1/steps?status=queued,lost");
      assert.deepEqual([wrong.status, wrong.body.error.code], [400, "bad-request"]);
    }),
  );

  it(
    "says why a run is queued, and which deployment is in force",
    withWorld(async (world) => {
      await world.store.createRuns([newRun("run_1"), newRun("run_2")]);
      await world.store.advanceRun(advance("run_1", 1));
      const { runs } = (await world.ask("/api/v1/runs")).body;
      assert.deepEqual(
        runs.map(({ status, reason }) => [status, reason]),
        [
          ["queued", "waits for run 12"],
          ["running", null],
        ],
      );
      assert.equal((await world.ask("/api/v1/runs/run_2")).body.reason, "waits for run 12");
      await world.ask("/api/v1/repositories", post({ url: "/srv/flights" }));
      const [repository] = await world.store.listRepositories();
      for (const id of ["dep_1", "dep_2"]) {
        const row = deployment(id, { repositoryId: repository?.id ?? "" });
        await world.store.activateDeployment(activation(row, {}));
      }
      assert.deepEqual(
        (await world.ask("/api/v1/deployments")).body.deployments.map(({ status }) => status),
        ["active", "superseded"],
      );
    }),
  );

  it(
    "reads a log on from where the reader was, and says when there is no more",
    withWorld(async (world) => {
      await world.store.createRuns([newRun("run_1")]);
      await world.store.advanceRun(advance("run_1", 1, { steps: [stepChange("load[0].copy")] }));
      const file = logFileOf(world.dataFolder, "run_1", { path: "load[0].copy", attempt: 1 });
      const path = "/api/v1/runs/run_1/logs?path=load%5B0%5D.copy";
      assert.deepEqual((await world.ask(path)).body, { lines: [], nextOffset: 0, ended: false });
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, formatLogLine(7, "out", "one") + formatLogLine(8, "err", "two") + "half a li");
      const first = (await world.ask(path)).body;
      assert.deepEqual(first.lines, [
        { at: 7, stream: "out", text: "one" },
        { at: 8, stream: "err", text: "two" },
      ]);
      const last = (await world.ask(`${path}&tail=1`)).body;
      assert.deepEqual(last, { ...first, lines: first.lines.slice(1) });
      assert.equal((await world.ask(`${path}&tail=0`)).status, 400);
      const ended = stepChange("load[0].copy", { status: "succeeded", endedAt: 9 });
      await world.store.advanceRun(advance("run_1", 2, { steps: [ended] }));
      const rest = (await world.ask(`${path}&offset=${first.nextOffset}`)).body;
      assert.deepEqual(rest, { lines: [], nextOffset: first.nextOffset, ended: true });
      assert.equal((await world.ask("/api/v1/runs/run_1/logs?path=none")).body.error.code, "not-found");
    }),
  );

  it(
    "records a signal once for its key and tells the triggers",
    withWorld(async (world) => {
      const send = async (): Promise<string> =>
        (await world.ask("/api/v1/signals", post({ signal: "loaded", key: "k" }))).body.id;
      assert.equal(await send(), await send());
      assert.equal(world.told.signals, 2);
      assert.equal((await world.store.listUnmatchedSignals(10)).length, 1);
    }),
  );

  it(
    "refuses writes while the store waits, and goes on reading",
    withWorld(async (world) => {
      world.fillDisk();
      const { status, body } = await world.ask("/api/v1/signals", post({ signal: "loaded" }));
      assert.deepEqual(
        [status, body.error.code, body.error.data.reason],
        [503, "store-waiting", "the disk is full"],
      );
      assert.deepEqual((await world.ask("/api/v1/runs")).body, { runs: [], next: null, historyBegin: null });
      assert.deepEqual((await world.ask("/api/v1/health")).body, {
        status: "waiting",
        since: 5,
        reason: "the disk is full",
      });
    }),
  );

  it(
    "refuses writes until every part of the service is up, and reads meanwhile",
    withWorld(
      async (world) => {
        const send = () => world.ask("/api/v1/signals", post({ signal: "loaded" }));
        const { status, body } = await send();
        assert.deepEqual(
          [status, body.error.code, body.error.message],
          [503, "store-waiting", "Cannot write now: the service is starting. Try again later"],
        );
        assert.deepEqual((await world.ask("/api/v1/runs")).body, {
          runs: [],
          next: null,
          historyBegin: null,
        });
        assert.equal((await world.ask("/api/v1/health")).body.reason, "the service is starting");
        assert.equal((await fetch(world.url)).status, 200);
        world.open();
        assert.equal((await world.ask("/api/v1/health")).body.reason, null);
        assert.equal((await send()).status, 202);
        assert.equal((await world.store.listUnmatchedSignals(10)).length, 1);
      },
      { isStarting: true },
    ),
  );

  it(
    "refuses writes from the moment on at which the service begins to stop, and reads to the end",
    withWorld(async (world) => {
      world.close();
      const { status, body } = await world.ask("/api/v1/signals", post({ signal: "loaded" }));
      assert.deepEqual(
        [status, body.error.code, body.error.message],
        [503, "store-waiting", "Cannot write now: the service is stopping. Try again later"],
      );
      assert.deepEqual((await world.ask("/api/v1/runs")).body, { runs: [], next: null, historyBegin: null });
      assert.equal((await world.ask("/api/v1/health")).body.reason, "the service is stopping");
    }),
  );

  it(
    "tells the log, not the caller, what broke inside",
    withWorld(async (world) => {
      Object.assign(world.store, { listRuns: async () => JSON.parse("secret inside") as never });
      const { status, body } = await world.ask("/api/v1/runs");
      assert.deepEqual([status, body.error.code], [500, "internal"]);
      assert.doesNotMatch(body.error.message, /secret/);
      assert.match(world.logged.join(), /secret/);
    }),
  );

  it(
    "says which port is taken and what to do",
    withWorld(async (world) => {
      const port = Number(new URL(world.url).port);
      await assert.rejects(createHttpWorld({ port }), (error) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, "port-taken");
        assert.match(error.message, new RegExp(`port ${port} .*--port or PORT`));
        return true;
      });
    }),
  );

  it(
    "serves a page that runs no script but its own",
    withWorld(async (world) => {
      const page = await fetch(world.url);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<h1>/);
      const policy = page.headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'; script-src 'self';/);
      assert.doesNotMatch(policy, /unsafe/);
      const script = await fetch(`${world.url}/page.js`);
      assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
      const imports = [...(await script.text()).matchAll(/from "\.(\/[a-z-]+\.js)"/g)].map(
        ([, path]) => path,
      );
      assert.ok(imports.length > 0);
      for (const path of imports) assert.equal((await fetch(world.url + path)).status, 200, path);
    }),
  );
});

async function deploy(world: HttpWorld): Promise<void> {
  const workflows = {
    daily: { version: "ver_1", schedules: [schedule("s1", 5000)] },
    weekly: { version: "ver_2" },
  };
  await world.store.activateDeployment(activation(deployment("dep_1"), workflows));
  assert.equal(KEY.project, "sales");
}

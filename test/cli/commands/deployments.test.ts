import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { SourceEventRow } from "#server/store/source-events.js";
import { createHttpWorld, type HttpWorld } from "../../server/http/http-world.js";
import { activation, deployment } from "../../server/store/store-rows.js";
import { capturedMain } from "../captured-main.js";
import type { Ended } from "../headwater-process.js";

const FINDING = {
  file: "daily.workflow.yaml",
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  severity: "warning",
  code: "script-missing",
  message: "There is no such script",
} as const;
const EVENT: SourceEventRow = {
  id: "event_1",
  repositoryId: "repo_1",
  branch: null,
  kind: "unreachable",
  detail: "the host does not answer",
  lostCommits: [],
  since: 3000,
  until: 64_000,
};

describe("headwater deployments", () => {
  let world: HttpWorld;
  beforeEach(async () => {
    world = await createHttpWorld();
    await world.store.saveRepository({
      id: "repo_1",
      name: "flights",
      url: "https://example.com/flights",
      branch: "main",
      follows: "branch",
      declared: null,
      createdAt: 1,
      headCommit: null,
      checkedAt: null,
      problem: null,
    });
  });
  afterEach(() => world.stop());

  const run = (...args: readonly string[]): Promise<Ended> =>
    capturedMain(["deployments", ...args], { env: { HEADWATER_URL: world.url } });
  const activate = (row: ReturnType<typeof deployment>) =>
    world.store.activateDeployment(activation(row, { daily: {} }));

  it("tells what happened to repositories between the deployments, in the order of time", async () => {
    await activate(deployment("dep_1"));
    await world.store.saveSourceEvent(EVENT);
    await activate(deployment("dep_2", { commit: "decaf", seenAt: 69_950, endedAt: 70_000 }));
    const { stdout } = await run();
    assert.deepEqual(
      stdout.split("\n").filter((line) => line !== "" && !line.startsWith(" ")),
      [
        "1970-01-01 00:01:10Z  active  sales  decaf  Load sales",
        "1970-01-01 00:00:03Z  unreachable  flights, until 1970-01-01 00:01:04Z: 1 min 1 s",
        "1970-01-01 00:00:01Z  superseded  sales  c0ffee  Load sales",
      ],
    );
    assert.match(stdout, /\n {2}the host does not answer\n/);
    const { sourceEvents } = JSON.parse((await run("--format", "json")).stdout) as { sourceEvents: object[] };
    assert.deepEqual(sourceEvents, [{ ...EVENT, repository: "flights" }]);
  });

  it("tells what happened since the oldest deployment that it lists, and what goes on", async () => {
    await activate(deployment("dep_1"));
    await world.store.saveSourceEvent({ ...EVENT, until: null });
    await world.store.saveSourceEvent({ ...EVENT, id: "event_2", until: 4000 });
    await activate(deployment("dep_2", { commit: "decaf", endedAt: 70_000 }));
    const { stdout } = await run("--limit", "1");
    assert.deepEqual(stdout.match(/^1970.*unreachable.*$/gm), [
      "1970-01-01 00:00:03Z  unreachable  flights, still",
    ]);
  });

  for (const [text, rewritten] of [
    ["rewrites 3 commits of 1a2b3c4d5e6f, which the branch had before", { commits: 3, isUnrelated: false }],
    ["rewrites 1a2b3c4d5e6f, which the branch had before", { commits: null, isUnrelated: false }],
    [
      "unrelated history: it has no commit in common with 1a2b3c4d5e6f, which the branch had before",
      { commits: 3, isUnrelated: true },
    ],
  ] as const)
    it(`tells of a push by force: ${text}`, async () => {
      const from = "1a2b3c4d5e6f7a8b";
      await activate(deployment("dep_1", { rewritten: { from, ...rewritten } }));
      assert.ok((await run()).stdout.includes(`\n  ${text}\n`));
    });

  it("lists those of one environment, and says when there is none", async () => {
    await activate(deployment("dep_1"));
    await activate(deployment("dep_2", { commit: "decaf", environment: "staging", branch: "develop" }));
    assert.match((await run("--environment", "staging")).stdout, /^.* active {2}sales \(staging\) {2}decaf/);
    assert.doesNotMatch((await run("--environment", "staging")).stdout, /c0ffee/);
    assert.match((await run()).stdout, /decaf[^]*c0ffee/);
    assert.equal(
      (await run("--environment", "test", "--project", "sales")).stdout,
      'No commit of project "sales" in environment "test" was seen. All are listed without --project and --environment.\n',
    );
  });

  it("tells after a sync each finding of what became of it", async () => {
    const other = { ...FINDING, file: "hourly.workflow.yaml" };
    await activate(deployment("dep_1", { diagnostics: [FINDING, other] }));
    const { stdout } = await capturedMain(["repo", "sync", "flights"], { env: { HEADWATER_URL: world.url } });
    const finding = ".workflow.yaml:3:5 warning script-missing: There is no such script\n";
    assert.match(stdout, /^flights: c0ffee is active/);
    assert.ok(stdout.endsWith(`\n  daily${finding}  hourly${finding}`), stdout);
  });

  it("tells the findings of what is in force, and of what is over how many there were", async () => {
    await activate(deployment("dep_1", { diagnostics: [FINDING, FINDING] }));
    await activate(deployment("dep_2", { commit: "decaf", diagnostics: [FINDING] }));
    const { stdout } = await run();
    assert.match(stdout, /decaf[^]*\n {2}daily\.workflow\.yaml:3:5 warning script-missing: There is no such/);
    assert.match(stdout, /c0ffee[^]*\n {2}2 findings: all are in --format json\n$/);
  });

  it("says in our words what is wrong with a limit", async () => {
    for (const [limit, words] of [
      ["0", "it must be 1 or more"],
      ["1001", "it must be 1000 or less"],
      ["x", "it must be a whole number"],
      ["1.5", "it must be a whole number"],
    ] as const) {
      const { code, stderr } = await run("--limit", limit);
      assert.deepEqual([code, stderr], [2, `error: Cannot read the request: query.limit: ${words}\n`]);
    }
  });
});

it("commands that mean no environment offer none", async () => {
  for (const command of [
    ["repo", "list"],
    ["repo", "sync", "flights"],
    ["confirm", "c0ffee"],
    ["lineage", "list"],
    ["permits"],
    ["pools"],
    ["backfill", "show", "bf_1"],
  ]) {
    const { code, stderr } = await capturedMain([...command, "--environment", "staging"]);
    assert.deepEqual([code, /unknown option '--environment'/.test(stderr)], [2, true], command.join(" "));
  }
});

import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import type { FakeIssue } from "./fake-after-merge.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const BROKEN = {
  ...FLOWS,
  "daily.workflow.yaml": "workflow: daily\nsteps: { a: { run: echo, nedes: [] } }\n",
};
const HOURLY = 'workflow: hourly\ntriggers: { schedule: "0 * * * *" }\nsteps: { a: { run: echo } }\n';
const HELD = {
  "headwater.yaml": FLOWS["headwater.yaml"],
  "other.workflow.yaml": HOURLY.replace("hourly", "other"),
};
const PUBLIC_URL = "https://flows.example";

describe("a commit on main", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FLOWS, { HEADWATER_PUBLIC_URL: PUBLIC_URL });
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("that was deployed is recorded at GitHub as a deployment, with a link", async () => {
    const commit = await world.origin.git("rev-parse", "main");
    await statesAre(world, commit, ["success"]);
    const [deployment] = deploymentsOf(world, commit);
    assert.deepEqual(
      [deployment?.environment, deployment?.statuses[0]?.environment_url],
      ["production", PUBLIC_URL],
    );
  });

  it("is inactive once another one has taken its place", async () => {
    const first = await world.origin.git("rev-parse", "main");
    const second = await world.push({ ...FLOWS, "hourly.workflow.yaml": HOURLY });
    await statesAre(world, second, ["success"]);
    await statesAre(world, first, ["success", "inactive"]);
  });

  it("that does not compile has failed, and one issue tells the latest of it", async () => {
    const good = await world.origin.git("rev-parse", "main");
    const broken = await world.push(BROKEN);
    await statesAre(world, broken, ["failure"]);
    const opened = await issueOf(world, broken);
    assert.equal(opened.title, "Headwater cannot deploy main");
    assert.match(opened.body, /^<!-- headwater cannot deploy main -->\n/);
    assert.match(opened.body, /- `daily\.workflow\.yaml:2:26` `unknown-key`: `/);
    assert.deepEqual(statesOf(world, good), ["success"]);

    const still = await world.push({ ...BROKEN, "README.md": "more" });
    assert.equal((await issueOf(world, still)).state, "open");
    assert.equal(world.github.afterMerge.issues.length, 1);
  });

  it("that mends it closes the issue, told of once, whatever restarts and is lost on the way", async () => {
    const refusals = [{ status: 502, body: {} }];
    world.github.refuse = (what) => (what.endsWith("/statuses") ? (refusals.shift() ?? null) : null);
    const mended = await world.push({ ...FLOWS, "hourly.workflow.yaml": HOURLY });
    await statesAre(world, mended, ["success"]);
    const closed = await issueOf(world, mended);
    assert.deepEqual([closed.state, world.github.afterMerge.issues.length], ["closed", 1]);
    assert.match(closed.body, /\nMended by [0-9a-f]{40}\.\n/);
    await until("no other is in force", () => inForce(world) === 1);
    assert.deepEqual(refusals, []);
    await world.restart();
    const writes = world.github.writes.length;
    const held = await world.push(HELD);
    // What the new life had to tell of the others would have come before.
    await statesAre(world, held, ["queued"]);
    const told = world.github.writes.slice(writes).map(({ what }) => what);
    assert.deepEqual(told.map(lastOf), ["deployments", "statuses"]);
    assert.equal(deploymentsOf(world, mended).length, 1);
    assert.deepEqual(statesOf(world, mended), ["success"]);
  });

  it("that is held is queued until another one is decided", async () => {
    const held = await world.origin.git("rev-parse", "main");
    await statesAre(world, held, ["queued"]);
    const next = await world.push(FLOWS);
    await statesAre(world, next, ["success"]);
    await statesAre(world, held, ["queued", "inactive"]);
  });

  it("is not told of where the App may not, which is logged with what it lacks, and nothing else suffers", async () => {
    world.github.refuse = (what) =>
      what.endsWith("/deployments")
        ? {
            status: 403,
            body: { message: "Resource not accessible by integration" },
            headers: { "x-accepted-github-permissions": "deployments=write" },
          }
        : null;
    const broken = await world.push(BROKEN);
    const reopened = await issueOf(world, broken);
    assert.deepEqual([reopened.state, world.github.afterMerge.issues.length], ["open", 1]);
    const given = /^Gives up a write to a host .*The App lacks a permission \(deployments=write\): grant it/;
    await until("it is given up", () => world.logged.some((line) => given.test(line)));
    assert.deepEqual(deploymentsOf(world, broken), []);
  });

  it("of a repository where nobody has installed the App is told to nobody", async () => {
    world.github.refuse = () => null;
    world.github.isInstalled = false;
    const writes = world.github.writes.length;
    const asked = world.github.installationsAsked;
    await world.push(FLOWS);
    await until("GitHub was asked", () => world.github.installationsAsked > asked);
    assert.equal(world.github.writes.length, writes);
  });

  it("of a repository that is not followed any more is in force no longer, and its issue is closed", async () => {
    const [issue] = world.github.afterMerge.issues;
    assert.deepEqual([inForce(world), issue?.state], [1, "open"]);
    await world.follow(false);
    await until("none is in force", () => inForce(world) === 0);
    await until("it is closed", () => issue?.state === "closed");
    assert.match(issue?.body ?? "", /Headwater does not follow this repository any more/);
  });
});

function lastOf(path: string): string | undefined {
  return path.split("/").at(-1);
}

function inForce({ github }: ReviewWorld): number {
  const { deployments } = github.afterMerge;
  return deployments.filter(({ statuses }) => statuses.at(-1)?.state === "success").length;
}

function deploymentsOf({ github }: ReviewWorld, commit: string) {
  return github.afterMerge.deployments.filter(({ sha }) => sha === commit);
}

function statesOf(world: ReviewWorld, commit: string): readonly string[] {
  return deploymentsOf(world, commit).flatMap(({ statuses }) => statuses.map(({ state }) => state));
}

async function statesAre(world: ReviewWorld, commit: string, states: readonly string[]): Promise<void> {
  await until("the host has it", () => statesOf(world, commit).length >= states.length);
  assert.deepEqual(statesOf(world, commit), states);
}

/** As soon as it tells of that commit. */
async function issueOf({ github }: ReviewWorld, commit: string): Promise<FakeIssue> {
  const find = (): FakeIssue | undefined =>
    github.afterMerge.issues.find(({ body }) => body.split("\n")[1]?.includes(commit));
  await until("the host has it", () => find() !== undefined);
  return { ...find()! };
}

import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../../until.js";
import { createGitlabWorld, FLOWS, type GitlabWorld } from "./gitlab-world.js";

const BROKEN = {
  ...FLOWS,
  "daily.workflow.yaml": "workflow: daily\nsteps: { a: { run: echo, nedes: [] } }\n",
};
const HOURLY = 'workflow: hourly\ntriggers: { schedule: "0 * * * *" }\nsteps: { a: { run: echo } }\n';
const HELD = {
  "headwater.yaml": FLOWS["headwater.yaml"],
  "other.workflow.yaml": HOURLY.replace("hourly", "other"),
};

describe("a commit on main of a project at GitLab", () => {
  let world: GitlabWorld;
  before(async () => {
    world = await createGitlabWorld();
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.gitlab.violations, []));

  it("that was deployed is recorded as a deployment of its branch, and stays one when another takes its place", async () => {
    const first = await world.origin.git("rev-parse", "main");
    await stateIs(world, first, "success");
    const [deployment] = world.gitlab.deployments;
    assert.deepEqual([deployment?.environment, deployment?.ref], ["production", "main"]);
    const second = await world.push({ ...FLOWS, "hourly.workflow.yaml": HOURLY });
    await stateIs(world, second, "success");
    await stateIs(world, first, "success");
  });

  it("that does not compile has failed, and one issue tells the latest of it, whatever is lost on the way", async () => {
    const refusals = [{ status: 502, body: "" }];
    world.gitlab.refuse = (what) => (what.endsWith("/issues") ? (refusals.shift() ?? null) : null);
    const broken = await world.push(BROKEN);
    await stateIs(world, broken, "failed");
    const issue = await until("there is an issue", () => world.gitlab.issues[0]);
    assert.equal(issue.title, "Headwater cannot deploy main");
    assert.match(issue.description, /^<!-- headwater cannot deploy main -->\n/);
    assert.match(issue.description, /- `daily\.workflow\.yaml:2:26` `unknown-key`: `/);
    const still = await world.push({ ...BROKEN, "README.md": "more" });
    await until("it tells the latest", () => issue.description.includes(still));
    await world.both.restart();
    await world.push(FLOWS);
    await until("it is closed", () => issue.state === "closed");
    await world.push({ ...BROKEN, "README.md": "again" });
    await until("it is opened again", () => issue.state === "opened");
    await world.push({ ...FLOWS, "hourly.workflow.yaml": HOURLY });
    await until("it is closed", () => issue.state === "closed");
    assert.equal(world.gitlab.issues.length, 1);
  });

  it("that is held is under way, and canceled when another one was decided after it", async () => {
    const held = await world.push(HELD);
    await stateIs(world, held, "running");
    const next = await world.push({ ...FLOWS, "README.md": "1" });
    await stateIs(world, next, "success");
    await stateIs(world, held, "canceled");
  });
});

async function stateIs({ gitlab }: GitlabWorld, commit: string, expected: string): Promise<void> {
  const states = (): string =>
    gitlab.deployments
      .filter(({ sha }) => sha === commit)
      .map(({ status }) => status)
      .join();
  await until(`the deployment of ${commit} is ${expected}`, () => states() === expected);
}

import assert from "node:assert/strict";
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const WRONG = { "wrong.workflow.yaml": "workflow: wrong\nsteps: { a: { run: echo, nedes: [] } }\n" };
const HOURLY = {
  "hourly.workflow.yaml":
    'workflow: hourly\ntriggers: { schedule: "0 * * * *" }\nsteps: { a: { run: echo } }\n',
};

describe("a pull request, while something is wrong at its host", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld();
    world.github.permissions.set("ann", "write");
  });
  after(() => world.stop());
  afterEach(() => {
    assert.deepEqual(world.github.violations, []);
    world.github.closeAll();
  });

  it("is looked at once, with what was asked for there, when no webhook arrives, and not again when all of them come twice", async () => {
    const { github } = world;
    github.deliveries.isLossy = true;
    const head = await world.change(1, HOURLY);
    await github.propose(1, head);
    const asked = await github.comment(1, "/headwater help", "ann");
    age();
    // The first look of a life at what is open.
    await world.restart();
    await completed(head);
    github.deliveries.isLossy = false;
    // And that at deliveries, of which this one tells nothing new.
    await world.restart();
    await until("it is answered", () => github.reactions.some(({ comment }) => comment === asked));
    await github.deliveries.repeatAll();
    await github.deliveries.repeatAll();
    // What is under way is waited for.
    await world.restart();
    assert.equal(checksOf(head).length, 1);
    assert.deepEqual(
      github.comments.map(({ issue, body }) => `${issue} ${body.split("\n", 1)[0]}`).toSorted(),
      ["1 <!-- headwater help -->", "1 <!-- headwater plan -->"],
    );
    assert.deepEqual(github.reactions, [{ comment: asked, content: "eyes" }]);
  });

  it("has no check when it was closed before anybody heard that it was opened, and that of its newest head when an older one is told last", async () => {
    const { github } = world;
    const closed = await world.change(5, WRONG);
    const [older, newest] = [await world.change(6, WRONG), await world.change(6, HOURLY)];
    github.deliveries.isSlow = true;
    await github.propose(5, closed);
    await github.close(5);
    await github.propose(6, older);
    await github.propose(6, newest);
    await github.deliveries.arriveReversed();
    assert.equal((await completed(newest)).conclusion, "success");
    // Comments come after checks.
    await until("it is told", () => github.comments.some(({ issue }) => issue === 6));
    // What is under way is waited for.
    await world.restart();
    assert.deepEqual(
      [closed, older, newest].map((head) => checksOf(head).length),
      [0, 0, 1],
    );
    const comments = github.comments.filter(({ issue }) => issue === 5 || issue === 6);
    assert.deepEqual(
      comments.map(({ issue, body }) => [issue, body.includes(`Of ${newest}`)]),
      [[6, true]],
    );
  });

  it("has its check when the App is not suspended any more, be it that it was looked at before, or not even asked for", async () => {
    const { github, git } = world;
    const [early, late] = [await world.change(2, HOURLY), await world.change(3, WRONG)];
    const { release } = git.hold();
    let isFound = false;
    github.refuseRead = (what) => {
      isFound ||= what.endsWith("/pulls/2");
      return null;
    };
    await github.propose(2, early);
    await until("it is looked at", () => isFound);
    github.installation.suspendedAt = "2026-11-27T08:00:00Z";
    release();
    await until("it cannot be told", () => isLogged(/Will write to a host later .*suspended/));
    await github.propose(3, late);
    await until("it cannot be asked for", () => isLogged(/Cannot review a pull request .*suspended/));
    assert.deepEqual([...checksOf(early), ...checksOf(late)], []);
    github.installation.suspendedAt = null;
    age();
    await github.deliver("installation", () => undefined);
    assert.equal((await completed(early)).conclusion, "success");
    assert.equal((await completed(late)).conclusion, "failure");
    // All of them, so that a failure tells in what a second one differs.
    const told = JSON.stringify([...checksOf(early), ...checksOf(late)], null, 2);
    assert.deepEqual([checksOf(early).length, checksOf(late).length], [1, 1], told);
  });

  it("has the check of each head while the host does not say who asks for something, which is done when it does", async () => {
    const { github } = world;
    await github.propose(7, await world.change(7, HOURLY));
    let tries = 0;
    github.refuseRead = (what) =>
      what.endsWith("/collaborators/ann/permission") && (tries += 1) > 0 ? { status: 502, body: {} } : null;
    const asked = await github.comment(7, "/headwater plan", "ann");
    await until("it is not answered", () => tries > 0);
    const head = await world.change(7, WRONG);
    await github.propose(7, head);
    assert.equal((await completed(head)).conclusion, "failure");
    const isRead = (): boolean => github.reactions.some(({ comment }) => comment === asked);
    assert.deepEqual([checksOf(head).length, isRead()], [1, false]);
    github.refuseRead = () => null;
    await until("it is answered", isRead);
    await until("it is looked at again", () => checksOf(head)[1]?.status === "completed");
  });

  it("has a check that fails still when it is asked for anew after its repository was transferred, where that is now", async () => {
    const { github, origin } = world;
    const flows = { id: 11, owner: "acme", name: "flows", cloneUrl: github.cloneUrl, archived: false };
    github.installation.repositories.push(flows);
    await github.deliver("installation", () => undefined);
    await until("it is known", async () => (await listed()).includes("acme/flows"));
    const head = await world.change(4, WRONG);
    await github.propose(4, head);
    assert.equal((await completed(head)).conclusion, "failure");

    const beta = github.install(6, "beta");
    github.transfer(beta, "streams");
    github.cloneUrl = github.cloneUrl.replace("acme/flows", "beta/streams");
    beta.repositories.push({ ...flows, owner: "beta", name: "streams", cloneUrl: github.cloneUrl });
    github.installation.repositories.length = 0;
    const place = join(dirname(origin.folder), "..", "beta");
    await mkdir(place);
    await rename(origin.folder, join(place, "streams.git"));
    await github.deliver("repository", () => undefined);
    await until("it is followed", async () => (await followed()).join() === github.cloneUrl);

    const { length: written } = github.writes;
    await github.deliver("check_run", (payload) =>
      Object.assign(payload["check_run"] as object, { head_sha: head, pull_requests: [] }),
    );
    await until("it is looked at again", () => checksOf(head)[1]?.status === "completed");
    assert.deepEqual(
      checksOf(head).map(({ conclusion }) => conclusion),
      ["failure", "failure"],
    );
    assert.match(github.writes[written]?.what ?? "", /^POST \/repos\/beta\/streams\/check-runs$/);
  });

  /** What has just changed is left to whoever tells of it. */
  function age(): void {
    for (const [number, pull] of world.github.pulls)
      world.github.pulls.set(number, { ...pull, updatedAt: "2026-01-01T00:00:00Z" });
  }

  function checksOf(head: string): readonly FakeCheck[] {
    return world.github.checks.filter((check) => check.head === head);
  }

  function completed(head: string): Promise<FakeCheck> {
    return until("it has its check", () => checksOf(head).find(({ status }) => status === "completed"));
  }

  function isLogged(words: RegExp): boolean {
    return world.logged.some((line) => words.test(line));
  }

  async function listed(): Promise<string> {
    return (await fetch(`${world.url}/api/v1/github/repositories`)).text();
  }

  async function followed(): Promise<readonly string[]> {
    const response = await fetch(`${world.url}/api/v1/repositories`);
    // Held to the contract where the routes are tested.
    const { repositories } = (await response.json()) as { readonly repositories: { readonly url: string }[] };
    return repositories.map(({ url }) => url);
  }
});

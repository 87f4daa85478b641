import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { Reconciler } from "#server/review/reconciler.js";
import type { PreviewRow } from "#server/store/previews.js";
import type { RepositoryRow } from "#server/store/store.js";
import { until } from "../../until.js";
import { startGithub } from "./crash-host.js";
import { headOf } from "./crash-outcome.js";
import { createCrashWorld, Life } from "./crash-world.js";
import { FakeGithub } from "./fake-github.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const HOUR_MS = 3_600_000;
const OTHER = "workflow: other\nsteps: { a: { run: echo } }\n";

describe("a pull request of which nobody has told", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld();
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("has its check when the App is installed", async () => {
    const head = await open(1);
    await world.github.deliver("installation", () => undefined);
    await checked(head);
  });

  it("has its check when the service starts", async () => {
    const head = await open(2);
    await world.restart();
    await checked(head);
  });

  it("has its check when its repository is followed", async () => {
    await world.follow(false);
    const head = await open(3);
    await world.follow(true);
    await checked(head);
  });

  it("has one check, however often it is looked for", async () => {
    await world.github.deliver("installation", () => undefined);
    await world.restart();
    const head = await open(4);
    await world.github.deliver("installation", () => undefined);
    await checked(head);
    assert.equal(world.github.checks.length, 4);
  });

  it("has its check when another one of the same head has been looked at", async () => {
    const head = await world.change(5, { "other.workflow.yaml": OTHER });
    await world.github.propose(5, head);
    await checked(head);
    await world.origin.git("update-ref", "refs/pull/6/head", head);
    world.github.pulls.set(6, pull(head));
    await world.github.deliver("installation", () => undefined);
    await until("its check says so", () =>
      world.github.checks.some(
        (check) => check.head === head && check.title.endsWith("1 more of this commit"),
      ),
    );
  });

  it("is left to whoever tells of it when it was opened at that moment", async () => {
    const head = await world.change(7, { "README.md": "7" });
    world.github.pulls.set(7, { ...pull(head), updatedAt: new Date().toISOString() });
    const listed = world.github.pullsListed;
    await world.github.deliver("installation", () => undefined);
    await until("it is seen", () => world.github.pullsListed > listed);
    world.github.pulls.delete(7);
    await world.github.propose(7, head);
    await checked(head);
    world.github.permissions.set("ann", "write");
    const asked = await world.github.comment(7, "/headwater help", "ann");
    await until("all is done", () => world.github.reactions.some(({ comment }) => comment === asked));
    assert.equal(world.github.checks.filter((check) => check.head === head).length, 1);
  });

  it("has its check made anew when its repository is followed, where that was not when it was looked at", async () => {
    // When main is deployed those into main are looked at, whatever they had.
    await world.origin.git("branch", "stale", "main");
    const { installation, cloneUrl } = world.github;
    installation.repositories.push({ id: 11, owner: "acme", name: "flows", cloneUrl, archived: false });
    await world.github.deliver("installation", () => undefined);
    await until("the host has shown it", async () => {
      const answer = await fetch(`${world.url}/api/v1/github/repositories`);
      return (await answer.text()).includes("acme/flows");
    });
    await world.follow(false);
    const head = await world.change(8, { "other.workflow.yaml": OTHER });
    await world.github.propose(8, head, { base: "stale" });
    await checked(head);
    world.github.pulls.set(8, { ...pull(head), base: "stale" });
    const own = world.github.checks.filter((check) => check.head === head);
    assert.deepEqual(
      own.map(({ conclusion, title }) => [conclusion, title]),
      [["success", "no workflow changes"]],
    );
    await world.follow(true);
    await until("its check says what it changes", () =>
      world.github.checks.some((check) => check.head === head && check.title === "workflows: 1 added"),
    );
  });

  /** It is open at GitHub, and no delivery says so. */
  async function open(number: number): Promise<string> {
    const head = await world.change(number, { "README.md": `${number}` });
    world.github.pulls.set(number, pull(head));
    return head;
  }

  function checked(head: string): Promise<unknown> {
    return until("it has its check", () =>
      world.github.checks.find((check) => check.head === head && check.status === "completed"),
    );
  }
});

describe("a pull request of which nothing that GitHub sends arrives", () => {
  it("has its check within an hour, in the same life", async () => {
    let passedMs = 0;
    const clock = { ...systemClock, steady: () => systemClock.steady() + passedMs };
    const github = await FakeGithub.start();
    const world = await createCrashWorld(await startGithub(github), headOf(200_000), clock);
    try {
      await world.begin(new Life(Infinity));
      // Once because it has begun, and once because it has seen what it is installed on.
      await until("the looks of its beginning are over", () => github.pullsListed >= 2);
      github.pulls.set(1, pull(headOf(1)));
      await swept(3);
      assert.deepEqual(github.checks, []);
      passedMs = HOUR_MS - 60_000;
      await swept(3);
      assert.deepEqual(github.checks, []);
      passedMs = HOUR_MS;
      await until("it has its check", () => github.checks[0]?.status === "completed");
      assert.deepEqual(github.violations, []);
    } finally {
      await world.stop();
    }

    /** It has looked for lost deliveries so often since. */
    async function swept(times: number): Promise<void> {
      const { listed } = github.deliveries;
      await until("it has swept", () => github.deliveries.listed >= listed + times);
    }
  });
});

function pull(head: string) {
  return { head, base: "main", state: "open", isMerged: false, isFork: false } as const;
}

describe("Reconciler", () => {
  it("ends the previews of what is not open, not of what a list has left out", async () => {
    const ended: number[] = [];
    const row = { id: "repo_1", url: "https://git.example/acme/flows.git" } as RepositoryRow;
    const previews = [1, 2].map((change) => ({ repositoryId: row.id, change }) as PreviewRow);
    const isOpen = async (number: number): Promise<boolean> => number === 1;
    const reconciler = new Reconciler({
      store: { listRepositories: async () => [row], listPreviews: async () => previews },
      previews: { end: async ({ change }) => void ended.push(change) },
      lists: { list: async () => ({ changes: [], isWhole: true, isOpen }) },
      feed: createChangeFeed({ boot: "b", remembered: 10 }),
      isFork: false,
      complete: async () => undefined,
      clock: systemClock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    reconciler.start();
    await until("one is ended", () => ended.length > 0);
    await reconciler.stop();
    assert.deepEqual(ended, [2]);
  });
});

import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

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

  /** It is open at GitHub, and no delivery says so. */
  async function open(number: number): Promise<string> {
    const head = await world.change(number, { "README.md": `${number}` });
    world.github.pulls.set(number, { head, base: "main", state: "open", isMerged: false, isFork: false });
    return head;
  }

  function checked(head: string): Promise<unknown> {
    return until("it has its check", () =>
      world.github.checks.find((check) => check.head === head && check.status === "completed"),
    );
  }
});

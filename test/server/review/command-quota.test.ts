import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CommandQuota } from "#server/review/command-quota.js";
import { ManualClock } from "../manual-clock.js";
import { until } from "../../until.js";
import { createReviewWorld } from "./review-world.js";

const HOUR_MS = 3_600_000;

describe("CommandQuota", () => {
  it("has so many for each person and for each repository, in any hour", () => {
    const clock = new ManualClock(1_800_000_000_000);
    const quota = new CommandQuota(clock);
    const taken = (repository: string, user: string, times: number): number =>
      Array.from({ length: times }, () => quota.take(repository, user)).filter(Boolean).length;
    assert.equal(taken("11", "mallory", 25), 5);
    assert.equal(taken("12", "mallory", 1), 1);
    clock.advance(HOUR_MS / 2);
    const others = Array.from({ length: 10 }, (_, index) => taken("11", `mallory-${index}`, 5));
    assert.equal(
      others.reduce((sum, count) => sum + count, 0),
      15,
    );
    clock.advance(HOUR_MS / 2);
    assert.equal(taken("11", "mallory", 25), 5);
  });

  it("leaves alone whoever may only read and asks on and on, and hears all others", async () => {
    const world = await createReviewWorld();
    const { github } = world;
    github.permissions.set("trudy", "read").set("ann", "write");
    github.pulls.set(1, {
      head: await world.change(1, { "README.md": "1" }),
      base: "main",
      state: "open",
      isMerged: false,
      isFork: false,
    });
    const asked: number[] = [];
    for (let count = 0; count < 8; count += 1)
      asked.push(await github.comment(1, "/headwater help", "trudy"));
    const last = await github.comment(1, "/headwater help", "ann");
    const isAnswered = (id: number): boolean => github.reactions.some(({ comment }) => comment === id);
    await until("who may write is heard", () => isAnswered(last));
    assert.equal(asked.filter(isAnswered).length, 5);
    assert.deepEqual(github.violations, []);
    await world.stop();
  });
});

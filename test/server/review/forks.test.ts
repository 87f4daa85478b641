import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import { compilerIds } from "./compiler/compiler-ids.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const FOREVER_MS = 3_600_000;
const FORK = { isFork: true };

describe("a pull request of a fork that takes all that it may", function () {
  this.timeout(120_000);
  let world: ReviewWorld;
  let heavy: string;
  before(async () => {
    world = await createReviewWorld(FLOWS, {}, { forkMsMax: FOREVER_MS });
    heavy = await world.change(1, heavyFiles());
    await world.github.propose(1, heavy, FORK);
    await until("it is looked at", () => latestOf(heavy)?.status === "in_progress");
  });
  after(() => world.stop());
  afterEach(() => {
    // It is what all others did not wait for.
    assert.equal(latestOf(heavy)?.status, "in_progress");
    assert.deepEqual(world.github.violations, []);
  });

  it("holds up none of those who may write", async () => {
    const { github } = world;
    const own = await world.change(2, workflow("fresh"));
    await github.propose(2, own);
    assert.equal((await completed(own)).conclusion, "success");
    // The newest is of a fork, and goes first.
    await github.propose(3, await world.change(3, workflow("strange")), FORK);
    await world.push({ ...FLOWS, ...workflow("fresh") });
    await until("it is looked at again", () => latestOf(own)?.title === "no workflow changes");
  });

  it("holds up none that were not told of", async () => {
    const { github } = world;
    const own = await world.change(4, workflow("untold"));
    github.pulls.set(4, { head: own, base: "main", state: "open", isMerged: false, isFork: false });
    const strange = await world.change(5, workflow("stranger"));
    github.pulls.set(5, { head: strange, base: "main", state: "open", isMerged: false, isFork: true });
    await github.deliver("installation", () => undefined);
    assert.equal((await completed(own)).conclusion, "success");
  });

  it("has others wait, of each pull request the newest head alone", async () => {
    const { github } = world;
    const before = await world.change(6, workflow("first"));
    await github.propose(6, before, FORK);
    await until("it waits", () => latestOf(before)?.status === "in_progress");
    const newest = await world.change(6, workflow("second"));
    await github.propose(6, newest, FORK);
    assert.equal((await completed(before)).conclusion, "cancelled");
    await until("the newest waits", () => latestOf(newest)?.status === "in_progress");
  });

  it("is looked at again when somebody else has ended its process", async function () {
    const { logged } = world;
    if (compilerIds() === null) this.skip();
    // What the system tells is not all while others of our processes end.
    const killed = (): boolean => {
      for (const id of compilerIds() ?? []) process.kill(id, "SIGKILL");
      return logged.some((line) => line.includes("its process ended with SIGKILL"));
    };
    await until("it is told", killed);
    assert.deepEqual(
      logged.filter((line) => line.startsWith("Cannot compile a pull request")),
      [],
    );
  });

  function latestOf(head: string): FakeCheck | undefined {
    return world.github.checks.findLast((check) => check.head === head);
  }

  async function completed(head: string): Promise<FakeCheck> {
    await until("its check is completed", () => latestOf(head)?.status === "completed", 60_000);
    return latestOf(head) ?? assert.fail();
  }
});

describe("a pull request that was too much", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FLOWS, {}, { forkMsMax: 1 });
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("is not compiled again, whoever asks and however its branch moves, but with another head", async () => {
    const { github } = world;
    const head = await world.change(1, workflow("fresh"));
    await github.propose(1, head, FORK);
    const check = await completed(head, 1);
    assert.deepEqual([check.conclusion, check.title], ["failure", "too much to compile"]);
    assert.match(check.summary, /took .* than .* s.*tried again with another head/);
    assert.equal(compiled(), 1);
    github.permissions.set("stranger", "read");
    await github.comment(1, "/headwater plan", "stranger");
    assert.equal((await completed(head, 2)).title, "too much to compile");
    await world.push({ ...FLOWS, ...workflow("other") });
    await github.comment(1, "/headwater plan", "stranger");
    assert.equal((await completed(head, 3)).title, "too much to compile");
    assert.equal(compiled(), 1);
    const next = await world.change(1, workflow("lighter"));
    await github.propose(1, next, FORK);
    await completed(next, 1);
    assert.equal(compiled(), 2);
  });

  it("is no fork", async () => {
    const head = await world.change(2, workflow("fresh"));
    await world.github.propose(2, head);
    assert.equal((await completed(head, 1)).conclusion, "success");
  });

  /** How often a process was ended. */
  function compiled(): number {
    return world.logged.filter((line) => line.startsWith("Cannot compile a pull request")).length;
  }

  /** The check of its so many-th look. */
  function completed(head: string, look: number): Promise<FakeCheck> {
    return until("its check is completed", () => {
      const check = world.github.checks.filter((each) => each.head === head)[look - 1];
      return check?.status === "completed" ? check : null;
    });
  }
});

function workflow(id: string): Readonly<Record<string, string>> {
  return { [`${id}.workflow.yaml`]: `workflow: ${id}\nsteps: { a: { run: echo ${id} } }\n` };
}

/** Small to push, since they are nearly the same, and minutes to compile. */
function heavyFiles(): Readonly<Record<string, string>> {
  const steps = Array.from({ length: 8000 }, (_, step) => `  s${step}: { run: echo ${step} }\n`).join("");
  return Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [
      `heavy/w${index}.workflow.yaml`,
      `workflow: w${index}\nsteps:\n${steps}`,
    ]),
  );
}

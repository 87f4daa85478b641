import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { seededRandom } from "../../seeded-random.js";
import { until } from "../../until.js";
import { startGithub, startGitlab, type CrashHost } from "./crash-host.js";
import { createCrashWorld, FINDINGS, isOdd, Life, type CrashWorld } from "./crash-world.js";

const CRASHES = process.env["CRASHES"];
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e6));
const STEPS_MAX = 60;
/** Of one look, with what goes on beside it. */
const LOOK_STEPS_MAX = 120;
/** Of one that begins with a life. */
const AGAIN_STEPS_MAX = 90;
const SETTLED_MS = 30_000;
const PLAN = "<!-- headwater plan -->";
/** What is common to both is tried at the first. */
const HOSTS = [
  { name: "GitHub", start: startGithub, crashes: Number(CRASHES ?? 20) },
  { name: "GitLab", start: startGitlab, crashes: Number(CRASHES ?? 12) },
];

for (const { name, start, crashes } of HOSTS)
  describe(`reviews at ${name}, when the service is killed at any moment`, () => {
    // What was proposed in lives that were short is left to the last one: the more there were the more that is.
    const settledMs = 60_000 + crashes * 500;

    it(`leave no check open, and find nothing twice: SEED=${SEED} CRASHES=${crashes}`, async () => {
      const host = await start();
      const world = await createCrashWorld(host, headOfMain(0));
      const test = { host, world, crashes, settledMs };
      try {
        const random = seededRandom(SEED);
        for (let crash = 1; crash <= crashes; crash += 1) {
          const life = new Life(1 + Math.floor(random() * STEPS_MAX));
          if (crash % 5 === 0) await world.decide(headOf(crash), isHeld(crash) ? "held" : "refused");
          await world.begin(life);
          await host.propose(crash, headOfChange(crash));
          await happen(test, crash, 1 + Math.floor(random() * crash));
          await life.died;
        }
        await world.begin(new Life(Infinity));
        await until(
          "every head has its check, and none is open",
          () => isSettled(host, queuedOf(test)),
          settledMs,
        );
        for (const number of host.open().keys()) await host.close(number);
        await until("no preview is left", () => world.previews.size === 0, settledMs);
        assert.deepEqual(host.violations(), []);
        assert.deepEqual(twiceSaid(host), []);
        assert.deepEqual([...new Set(host.findings())], [FINDINGS]);
        await assertDecisionsTold(test);
      } finally {
        await world.stop();
      }
    }).timeout(4 * settledMs);
  });

describe("a look at a pull request", () => {
  it("has its check and its comment in the end, whichever of its steps is the last of a life", async () => {
    const host = await startGithub();
    const world = await createCrashWorld(host, headOfMain(0));
    try {
      for (let step = 1; step <= LOOK_STEPS_MAX; step += 1) {
        const life = new Life(Infinity);
        await world.begin(life);
        await until(`all is told before step ${step}`, () => isSettled(host, []), SETTLED_MS);
        life.endAfter(step);
        await host.propose(step, headOf(step));
        await life.died;
      }
      await world.begin(new Life(Infinity));
      await until("all is told", () => isSettled(host, []), SETTLED_MS);
      assert.deepEqual([host.violations(), twiceSaid(host)], [[], []]);
    } finally {
      await world.stop();
    }
  }).timeout(LOOK_STEPS_MAX * SETTLED_MS);
});

describe("another look at a pull request, when its branch has moved", () => {
  it("has its check held against the branch as it is in the end, whichever of its steps is the last of a life", async () => {
    const host = await startGithub();
    const world = await createCrashWorld(host, headOfMain(0));
    try {
      await world.begin(new Life(Infinity));
      await host.propose(1, headOf(1));
      await until("all is told", () => isSettled(host, []), SETTLED_MS);
      for (let step = 1; step <= AGAIN_STEPS_MAX; step += 1) {
        const main = headOf(200_000 + step);
        await world.move(main);
        const life = new Life(step);
        await world.begin(life);
        await life.died;
        await world.begin(new Life(Infinity));
        const isTold = (): boolean => host.checks().at(-1)?.summary.includes("`x`") === isOdd(main);
        await until(`it is held against main after step ${step}`, isTold, SETTLED_MS);
      }
      assert.deepEqual([host.violations(), twiceSaid(host)], [[], []]);
    } finally {
      await world.stop();
    }
  }).timeout(AGAIN_STEPS_MAX * SETTLED_MS);
});

interface CrashTest {
  readonly host: CrashHost;
  readonly world: CrashWorld;
  readonly crashes: number;
  readonly settledMs: number;
}

/** Beside the pull request that is new: something about an earlier one, or about main. */
async function happen({ host, world }: CrashTest, crash: number, earlier: number): Promise<void> {
  switch (crash % 6) {
    case 0:
      return void (await host.comment(earlier, "/headwater plan"));
    case 1:
      return void (await host.comment(earlier, "/headwater preview w"));
    case 2:
      return void (await host.close(earlier));
    case 3:
      return void (await host.queue?.(headOfQueue(crash)));
    case 4:
      return world.move(headOfMain(crash));
    default:
      return void (await host.comment(earlier, "/headwater help"));
  }
}

/** Of two looks at one commit the first may have been overtaken. Nobody need look at what was closed. */
function isSettled(host: CrashHost, queued: readonly string[]): boolean {
  const [open, checks, comments] = [host.open(), host.checks(), host.comments()];
  const heads = [...open.values(), ...queued];
  return (
    checks.every(({ isOpen }) => !isOpen) &&
    heads.every((head) => checks.some((check) => check.head === head && check.hasFailed)) &&
    [...open.keys()].every((number) =>
      comments.some((comment) => comment.number === number && comment.body.startsWith(PLAN)),
    )
  );
}

function queuedOf({ host, crashes }: CrashTest): readonly string[] {
  const all = Array.from({ length: crashes }, (_, index) => index + 1);
  return host.queue === null ? [] : all.filter((crash) => crash % 6 === 3).map(headOfQueue);
}

/** Comments of ours that are there more than once, by pull request and marker. */
function twiceSaid(host: CrashHost): readonly string[] {
  const said = host.comments().map(({ number, body }) => `${number} ${body.split("\n", 1)[0] ?? ""}`);
  return said.filter((name, index) => said.indexOf(name) !== index);
}

/** Each deployment once, in the state that is true in the end, and one issue. */
async function assertDecisionsTold({ host, crashes, settledMs }: CrashTest): Promise<void> {
  const decided = Array.from({ length: Math.floor(crashes / 5) }, (_, index) => 5 * (index + 1));
  const expected = decided.map((crash, index) => {
    const isLast = index === decided.length - 1;
    const state = !isHeld(crash) ? "failure" : isLast ? "queued" : "inactive";
    return `${headOf(crash)} ${state}`;
  });
  const isTold = (): boolean => {
    const told = host.deployments();
    const due = expected.filter((one) => told.includes(one) || host.recordsPast || !one.endsWith("inactive"));
    return told.toSorted().join() === due.toSorted().join();
  };
  await until("deployments are told", isTold, settledMs);
  const isOpen = decided.length > 0 && !isHeld(decided.at(-1) ?? 0);
  await until("the issue is told", () => host.issues().includes(true) === isOpen, settledMs);
  assert.ok(host.issues().length <= 1, `${host.issues().length} issues`);
}

/** Of 20 crashes, as of 12, the last decision is a refusal. */
function isHeld(crash: number): boolean {
  return crash % 10 !== 0;
}

function headOf(number: number): string {
  return String(number).padStart(40, "0");
}

function headOfQueue(crash: number): string {
  return headOf(100_000 + crash);
}

/** What main is at after a crash: each time that it moves another merge. */
function headOfMain(crash: number): string {
  return headOf(200_000 + Math.floor(crash / 6));
}

/** Every fourth is of the same commit as the one before, into another branch say: they are looked at side by side. */
function headOfChange(number: number): string {
  return headOf(number % 4 === 0 ? number - 1 : number);
}

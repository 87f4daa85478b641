import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { seededRandom } from "../../seeded-random.js";
import { until } from "../../until.js";
import { startGithub, startGitlab, type CrashHost } from "./crash-host.js";
import { headOf, isSettled, twiceSaid } from "./crash-outcome.js";
import { createCrashWorld, FINDINGS, isOdd, Life, type CrashWorld } from "./crash-world.js";

const CRASHES = process.env["CRASHES"];
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e6));
const STEPS_MAX = 60;
/** Of a life that looks again: some of these are its start. */
const AGAIN_STEPS_MAX = 300;
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
        const whole = await settle(test);
        whole.endAfter(1);
        await whole.died;
        // All was told of a main of before: what is killed now are other looks.
        await world.move(headOf(300_000 + (isOdd(world.main) ? 0 : 1)));
        for (let again = 0; again < crashes / 2; again += 1) {
          const life = new Life(1 + Math.floor(random() * AGAIN_STEPS_MAX));
          await world.begin(life);
          await life.died;
        }
        await settle(test);
        for (const number of host.open().keys()) await host.close(number);
        await until("no preview is left", () => world.previews.size === 0, settledMs);
        assert.deepEqual(host.violations(), []);
        assert.deepEqual(twiceSaid(host), []);
        assert.deepEqual([...new Set(host.findings())], [FINDINGS]);
        await assertDecisionsTold(test);
      } finally {
        await world.stop();
      }
    }).timeout(5 * settledMs);
  });

interface CrashTest {
  readonly host: CrashHost;
  readonly world: CrashWorld;
  readonly crashes: number;
  readonly settledMs: number;
}

/** Begins a life, and waits until all is told. */
async function settle(test: CrashTest): Promise<Life> {
  const { host, world, settledMs } = test;
  const life = new Life(Infinity);
  await world.begin(life);
  await until(
    "every head has its check, of main as it is, and none is open",
    () => isSettled(host, world, queuedOf(test)),
    settledMs,
  );
  return life;
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

function queuedOf({ host, crashes }: CrashTest): readonly string[] {
  const all = Array.from({ length: crashes }, (_, index) => index + 1);
  return host.queue === null ? [] : all.filter((crash) => crash % 6 === 3).map(headOfQueue);
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

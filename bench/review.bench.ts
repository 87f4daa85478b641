import type { FakeGithub } from "#test/server/review/fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "#test/server/review/review-world.js";

// From a pull request that is opened to its completed check, on loopback: a real Git server, and a GitHub that holds every request to its own
// description. The floor is what nobody can do without: git alone, which fetches the head, merges it and reads the tree.

const FILES = 10_000;
const ROUNDS = 7;
const AT_ONCE = 100;
/** What a service allows each installation unless told otherwise. */
const REAL_WRITES_PER_MINUTE = 50;

const files = manyFiles(FILES);
const world = await createReviewWorld(files);
try {
  const firstMs = await review(world, 1, edited(1));
  console.log(`the first look at ${FILES} files: ${firstMs.toFixed(0)} ms`);
  await report(
    1,
    Array.from({ length: ROUNDS }, (_, round) => 10 + round),
  );
  await report(1000, [100, 101, 102]);
  await atOnce(world, 4);
} finally {
  await world.stop();
}
// With the writes that a real one is given.
for (const installations of [4, 1]) await withPatience(installations);

/** One pull request after the other, each with so many changed files. */
async function report(changed: number, numbers: readonly number[]): Promise<void> {
  const times: number[] = [];
  for (const number of numbers) times.push(await review(world, number, edited(changed, number)));
  times.sort((a, b) => a - b);
  const [median = NaN, min = NaN, max = NaN] = [times[times.length >> 1], times[0], times.at(-1)];
  console.log(
    `${changed} changed of ${FILES}: ${median.toFixed(0)} ms (${min.toFixed(0)} – ${max.toFixed(0)})`,
  );
}

/** Milliseconds from the delivery to the completed check. */
async function review(
  reviewed: ReviewWorld,
  number: number,
  more: Readonly<Record<string, string>>,
): Promise<number> {
  const { github } = reviewed;
  const head = await reviewed.change(number, more);
  const startedAt = performance.now();
  await github.propose(number, head);
  await completed(github, head);
  return performance.now() - startedAt;
}

/** Pull requests, all at once, spread over so many installations. */
async function atOnce(reviewed: ReviewWorld, installations: number): Promise<void> {
  const { github } = reviewed;
  const heads: string[] = [];
  for (const id of [10, 11, 12, 13]) github.install(id, `acme-${id}`);
  for (let index = 0; index < AT_ONCE; index += 1)
    heads.push(await reviewed.change(1000 + index, edited(1, 1000 + index)));
  const since = Date.now();
  const startedAt = performance.now();
  const times = await Promise.all(
    heads.map(async (head, index) => {
      await github.propose(1000 + index, head, { installation: 10 + (index % installations) });
      await completed(github, head);
      return performance.now() - startedAt;
    }),
  );
  times.sort((a, b) => a - b);
  const [median = NaN, last = NaN] = [times[times.length >> 1], times.at(-1)];
  const writes = github.writes.map(({ at }) => at).filter((at) => at >= since);
  console.log(
    `${AT_ONCE} at once, spread over ${installations}: half of the checks after ${median.toFixed(0)} ms, the last after ` +
      `${last.toFixed(0)} ms, ${writes.length} writes until then, ${mostInAMinute(writes)} in the busiest minute`,
  );
}

async function withPatience(installations: number): Promise<void> {
  const patient = await createReviewWorld(files, {}, { writesPerMinute: REAL_WRITES_PER_MINUTE });
  try {
    await review(patient, 1, edited(1));
    await atOnce(patient, installations);
  } finally {
    await patient.stop();
  }
}

/** @param writes when, the oldest first */
function mostInAMinute(writes: readonly number[]): number {
  const counts = writes.map(
    (at, index) => writes.slice(0, index + 1).filter((one) => one > at - 60_000).length,
  );
  return Math.max(0, ...counts);
}

async function completed({ checks }: FakeGithub, head: string): Promise<void> {
  while (!checks.some((check) => check.head === head && check.status === "completed"))
    await new Promise((resolve) => setTimeout(resolve, 5));
}

function manyFiles(count: number): Readonly<Record<string, string>> {
  const made: Record<string, string> = { "headwater.yaml": FLOWS["headwater.yaml"] };
  for (let index = 0; index < count; index += 1)
    made[`team${index % 500}/w${index}.workflow.yaml`] = workflow(index, "echo");
  return made;
}

function edited(count: number, salt = 0): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `team${index % 500}/w${index}.workflow.yaml`,
      workflow(index, `echo ${salt}`),
    ]),
  );
}

function workflow(index: number, run: string): string {
  const steps = Array.from({ length: 12 }, (_, step) => `  s${step}:\n    run: ${run} ${step}\n`);
  return `workflow: w${index}\ntriggers: { schedule: "${index % 60} ${index % 24} * * *" }\nsteps:\n${steps.join("")}`;
}

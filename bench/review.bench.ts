import type { FakeGithub } from "#test/server/review/fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "#test/server/review/review-world.js";

// From a pull request that is opened to its completed check, on loopback: a real Git server, and a GitHub that holds every request to its own
// description. The floor is what nobody can do without: git alone, which fetches the head, merges it and reads the tree.

const FILES = 10_000;
const ROUNDS = 7;
const AT_ONCE = 100;
const INSTALLATIONS = [10, 11, 12, 13];
/** What a service allows each installation unless told otherwise. */
const REAL_WRITES_PER_MINUTE = 50;

interface Proposal {
  readonly number: number;
  readonly files: Readonly<Record<string, string>>;
  readonly isFork?: boolean;
}

const files = manyFiles(FILES);
const world = await createReviewWorld(files);
try {
  const firstMs = await review(world, { number: 1, files: edited(1) });
  console.log(`the first look at ${FILES} files: ${firstMs.toFixed(0)} ms`);
  await report(
    1,
    Array.from({ length: ROUNDS }, (_, round) => 10 + round),
  );
  await report(1000, [100, 101, 102]);
  for (const id of INSTALLATIONS) world.github.install(id, `acme-${id}`);
  await atOnce(world, 4);
  const forkMs = await review(world, { number: 2, files: edited(1, 2), isFork: true });
  console.log(`the first look at one of a fork: ${forkMs.toFixed(0)} ms`);
  await atOnce(world, 4, true);
} finally {
  await world.stop();
}
// With the writes that a real one is given.
for (const installations of [4, 1]) await withPatience(installations);

/** One pull request after the other, each with so many changed files. */
async function report(changed: number, numbers: readonly number[]): Promise<void> {
  const times: number[] = [];
  for (const number of numbers) times.push(await review(world, { number, files: edited(changed, number) }));
  times.sort((a, b) => a - b);
  const [median = NaN, min = NaN, max = NaN] = [times[times.length >> 1], times[0], times.at(-1)];
  console.log(
    `${changed} changed of ${FILES}: ${median.toFixed(0)} ms (${min.toFixed(0)} – ${max.toFixed(0)})`,
  );
}

/** Milliseconds from the delivery to the completed check. */
async function review(
  reviewed: ReviewWorld,
  { number, files: edits, isFork = false }: Proposal,
): Promise<number> {
  const { github } = reviewed;
  const head = await reviewed.change(number, edits);
  const startedAt = performance.now();
  await github.propose(number, head, { isFork });
  await completed(github, head);
  return performance.now() - startedAt;
}

/** Pull requests, all at once, spread over so many installations. */
async function atOnce(reviewed: ReviewWorld, installations: number, isFork = false): Promise<void> {
  const { github } = reviewed;
  const first = isFork ? 2000 : 1000;
  const heads: string[] = [];
  for (let index = 0; index < AT_ONCE; index += 1)
    heads.push(await reviewed.change(first + index, edited(1, first + index)));
  const since = Date.now();
  const startedAt = performance.now();
  const times = await Promise.all(
    heads.map(async (head, index) => {
      const installation = INSTALLATIONS[index % installations] ?? NaN;
      await github.propose(first + index, head, { installation, isFork });
      await completed(github, head);
      return performance.now() - startedAt;
    }),
  );
  times.sort((a, b) => a - b);
  const [median = NaN, last = NaN] = [times[times.length >> 1], times.at(-1)];
  const writes = github.writes.map(({ at }) => at).filter((at) => at >= since);
  console.log(
    `${AT_ONCE}${isFork ? " of forks" : ""} at once, spread over ${installations}: half of the checks after ${median.toFixed(0)} ms, the last after ` +
      `${last.toFixed(0)} ms, ${writes.length} writes until then, ${mostInAMinute(writes)} in the busiest minute`,
  );
}

async function withPatience(installations: number): Promise<void> {
  const patient = await createReviewWorld(files, {}, { writesPerMinute: REAL_WRITES_PER_MINUTE });
  try {
    for (const id of INSTALLATIONS) patient.github.install(id, `acme-${id}`);
    await review(patient, { number: 1, files: edited(1) });
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

import assert from "node:assert/strict";
import type { NewRun, RunRow, Store } from "#server/store/store.js";
import { seededRandom } from "../../seeded-random.js";
import type { StoreFactory } from "./store-conformance.js";
import { advance, KEY, newRun, RUNNING, stepChange } from "./store-rows.js";
import { testWith } from "./with-store.js";

const SEEDS = 12;
const RUNS = 60;
const WORKFLOWS = ["one", "two", "three"];
const STATUSES = ["succeeded", "failed", "canceled"] as const;

/** What holds of any history after any part of it is forgotten. */
export function describeRetentionInvariants(create: StoreFactory): void {
  const test = testWith(create);
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    test(`whatever is forgotten, nothing that is kept needs it (seed ${seed})`, async ({ store, reopen }) => {
      const random = seededRandom(seed);
      const runs = await makeHistory(store, random);
      const endedBefore = Math.floor(random() * 100 * RUNS);
      const blocking = await blockingOf(store);
      const keptStore = await forgetSome(store, { random, endedBefore, reopen });
      await assertInvariants(keptStore, { runs, endedBefore });
      assert.deepEqual(await blockingOf(keptStore), blocking);
      await assertNothingStartsAgain(keptStore, runs);
    });
  }
}

/** Runs of three workflows, of which some were set going by steps or signals of others, and some have not ended. */
async function makeHistory(store: Store, random: () => number): Promise<readonly RunRow[]> {
  const runs: RunRow[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const [run] = await store.createRuns([randomRun(index, { random, runs })]);
    assert.ok(run);
    runs.push(run);
    await advanceSomehow(store, run, random);
  }
  return runs;
}

function randomRun(
  index: number,
  { random, runs }: { readonly random: () => number; readonly runs: readonly RunRow[] },
): NewRun {
  const workflow = pick(WORKFLOWS, random);
  const row = { workflow, createdAt: 100 * index };
  const parent = random() < 0.4 ? runs[Math.floor(random() * runs.length)] : undefined;
  if (parent === undefined) return newRun(`run-${index}`, { ...row, triggerKey: `slot:${index}` });
  const root = ("root" in parent.trigger ? parent.trigger.root : null) ?? parent.id;
  const chain = { depth: 1, root };
  if (random() < 0.5) {
    const trigger = { kind: "step", runId: parent.id, path: "s", attempt: 1, ...chain } as const;
    return newRun(`run-${index}`, { ...row, trigger, triggerKey: `step:${parent.id}:${index}` });
  }
  const trigger = { kind: "signal", signal: "s", signalId: index, params: {}, ...chain } as const;
  return newRun(`run-${index}`, { ...row, trigger, triggerKey: `dedupe:${index}` });
}

async function advanceSomehow(store: Store, run: RunRow, random: () => number): Promise<void> {
  if (random() < 0.1) return;
  await store.advanceRun(advance(run.id, 1, { run: RUNNING, steps: [stepChange("s")] }));
  if (random() < 0.1) return;
  const endedAt = run.createdAt + Math.floor(random() * 2000);
  const status = pick(STATUSES, random);
  await store.advanceRun(
    advance(run.id, 2, { run: { status, reason: null, startedAt: run.createdAt, endedAt, outputs: null } }),
  );
}

/** In pages of any size, with sweeps and new lives of the store anywhere between. */
async function forgetSome(
  store: Store,
  {
    random,
    endedBefore,
    reopen,
  }: { readonly random: () => number; readonly endedBefore: number; readonly reopen: () => Promise<Store> },
): Promise<Store> {
  let current = store;
  for (let after: number | null = 0; after !== null;) {
    const page = await current.pruneRuns({ endedBefore, after, limit: 1 + Math.floor(random() * 20) });
    after = page.next;
    if (random() < 0.3) await current.sweepPrunedRuns();
    if (random() < 0.2) current = await reopen();
  }
  while (await current.sweepPrunedRuns()) continue;
  return current;
}

async function assertInvariants(
  store: Store,
  { runs, endedBefore }: { readonly runs: readonly RunRow[]; readonly endedBefore: number },
): Promise<void> {
  const kept = await store.listRuns({ environment: KEY.environment, limit: 10 * RUNS });
  const ids = new Set(kept.map(({ id }) => id));
  for (const run of runs.filter(({ id }) => !ids.has(id))) {
    assert.deepEqual(
      [await store.readJournal(run.id), await store.listSteps(run.id, { limit: 9 })],
      [[], []],
    );
  }
  for (const { id, endedAt, trigger } of kept) {
    if ("root" in trigger && trigger.root !== null)
      assert.ok(ids.has(trigger.root), `${id} has lost its root`);
    if ("runId" in trigger) assert.ok(ids.has(trigger.runId), `${id} has lost the run that started it`);
    const seqs = (await store.readJournal(id)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from(seqs, (_, index) => index + 1),
    );
    assert.ok(endedAt === null || seqs.length === 2, `${id} has lost a part of its journal`);
  }
  for (const { id } of runs.filter((run) => run.createdAt >= endedBefore)) assert.ok(ids.has(id), id);
  const unfinished = (await store.listUnfinishedRuns()).map(({ id }) => id);
  assert.deepEqual(
    unfinished.filter((id) => !ids.has(id)),
    [],
  );
}

async function assertNothingStartsAgain(store: Store, runs: readonly RunRow[]): Promise<void> {
  const again = runs
    .filter(({ triggerKey }) => triggerKey?.startsWith("step:") === false)
    .map((run) => newRun(`again-${run.id}`, { workflow: run.workflow, triggerKey: run.triggerKey }));
  assert.deepEqual(await store.createRuns(again), []);
  for (const workflow of WORKFLOWS) {
    const highest = Math.max(
      0,
      ...runs.filter((run) => run.workflow === workflow).map(({ number }) => number),
    );
    const [next] = await store.createRuns([newRun(`next-${workflow}`, { workflow })]);
    assert.equal(next?.number, highest + 1);
  }
}

async function blockingOf(store: Store): Promise<readonly (string | undefined)[]> {
  const found = WORKFLOWS.map((workflow) => store.findBlockingRun({ ...KEY, workflow }));
  return (await Promise.all(found)).map((run) => run?.id);
}

function pick<Value>(from: readonly [Value, ...Value[]] | readonly Value[], random: () => number): Value {
  const value = from[Math.floor(random() * from.length)];
  assert.ok(value !== undefined);
  return value;
}

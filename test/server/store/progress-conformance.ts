import assert from "node:assert/strict";
import type { JobCounts, StepStatus } from "@headwater/engine";
import { describe } from "mocha";
import type { Store } from "#server/store/store.js";
import { seededRandom } from "../../seeded-random.js";
import type { StoreFactory } from "./store-conformance.js";
import { advance, newRun, stepChange } from "./store-rows.js";
import { testWith } from "./with-store.js";

/** How many jobs of a run are in which status, through the runs that its steps have started. */
export function describeProgress(create: StoreFactory): void {
  const test = testWith(create);
  describe("jobs", () => {
    test("of a run are those of its own steps, and stay when an advance does not tell them", async ({
      store,
      reopen,
    }) => {
      await store.createRuns([newRun("a")]);
      assert.deepEqual((await store.findRun("a"))?.jobs, {});
      await store.advanceRun(advance("a", 1, { jobs: { waiting: 2 } }));
      await store.advanceRun(advance("a", 2));
      const again = await reopen();
      await again.advanceRun(advance("a", 3, { jobs: { waiting: 1, running: 1 } }));
      assert.deepEqual(
        (await again.listRuns({ limit: 9 })).map(({ jobs }) => jobs),
        [{ waiting: 1, running: 1 }],
      );
    });

    test("of a run that a step has started count in its run and in the loops around it", async ({
      store,
    }) => {
      await store.createRuns([newRun("a"), childOf("a", "b", "load[3].parts[0].report")]);
      await store.advanceRun(advance("b", 1, { jobs: { queued: 2 } }));
      const steps = [
        loop("load", { waiting: 1 }),
        loop("load[3].parts", {}),
        stepChange("load[3].parts[0].report", { startedRun: "b" }),
      ];
      await store.advanceRun(advance("a", 1, { jobs: { waiting: 1 }, steps }));
      await store.advanceRun(advance("b", 2, { jobs: { queued: 1, succeeded: 1 } }));
      const within = { queued: 1, succeeded: 1 };
      assert.deepEqual((await store.findRun("a"))?.jobs, { waiting: 1, ...within });
      assert.deepEqual(await jobsBySteps(store, "a"), {
        load: { waiting: 1, ...within },
        "load[3].parts": within,
        "load[3].parts[0].report": within,
      });
    });

    test("of a run count no longer once its step has another one, or is no more", async ({ store }) => {
      await store.createRuns([
        newRun("a"),
        childOf("a", "b", "load[0].report"),
        childOf("a", "c", "load[0].report"),
      ]);
      await store.advanceRun(advance("b", 1, { jobs: { failed: 2 } }));
      await store.advanceRun(advance("c", 1, { jobs: { queued: 2 } }));
      const report = (startedRun: string) => [loop("load", {}), stepChange("load[0].report", { startedRun })];
      await store.advanceRun(advance("a", 1, { steps: report("b") }));
      await store.advanceRun(advance("a", 2, { steps: report("c") }));
      assert.deepEqual((await store.findRun("a"))?.jobs, { queued: 2 });
      await store.advanceRun(advance("a", 3, { forgotten: [{ path: "load", isGone: false }] }));
      assert.deepEqual((await store.findRun("a"))?.jobs, {});
      assert.deepEqual(await jobsBySteps(store, "a"), { load: {} });
    });

    test("are what a count of all of them gives, whatever runs start, do and forget", async ({ store }) => {
      for (let seed = 1; seed <= 5; seed += 1) await play(store, seed);
    });
  });
}

interface Node {
  readonly id: string;
  seq: number;
  own: JobCounts;
  /** The run that each step has started. */
  readonly steps: Map<string, string>;
}

const STATUSES: readonly StepStatus[] = ["waiting", "running", "succeeded", "failed"];
const PATHS = ["report", "load[0].report", "load[1].report", "load[1].parts[0].report"];

/** A tree of runs, each with loops of steps that start others. */
async function play(store: Store, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const nodes: Node[] = [];
  const add = async (parent: Node | undefined, path: string): Promise<Node> => {
    const node = { id: `run-${seed}-${nodes.length}`, seq: 0, own: {}, steps: new Map<string, string>() };
    nodes.push(node);
    await store.createRuns([parent === undefined ? newRun(node.id) : childOf(parent.id, node.id, path)]);
    const loops = [loop("load", {}), loop("load[1].parts", {})];
    await store.advanceRun(advance(node.id, (node.seq += 1), { steps: loops }));
    return node;
  };
  await add(undefined, "");
  for (let turn = 0; turn < 60; turn += 1) {
    const node = nodes[Math.floor(random() * nodes.length)];
    if (node === undefined) return;
    const path = PATHS[Math.floor(random() * PATHS.length)] ?? "";
    const dice = random();
    if (dice < 0.3) {
      const child = await add(node, path);
      node.steps.set(path, child.id);
      const steps = [stepChange(path, { startedRun: child.id })];
      await store.advanceRun(advance(node.id, (node.seq += 1), { steps }));
    } else if (dice < 0.4) {
      const gone = [...node.steps.keys()].filter((other) => other.startsWith("load["));
      gone.forEach((other) => node.steps.delete(other));
      const change = { forgotten: [{ path: "load", isGone: false }], steps: [loop("load[1].parts", {})] };
      await store.advanceRun(advance(node.id, (node.seq += 1), change));
    } else if (dice < 0.5) {
      node.steps.delete(path);
      await store.advanceRun(advance(node.id, (node.seq += 1), { steps: [stepChange(path)] }));
    } else {
      const status = STATUSES[Math.floor(random() * STATUSES.length)] ?? "waiting";
      node.own = { ...node.own, [status]: 1 + Math.floor(random() * 9) };
      await store.advanceRun(advance(node.id, (node.seq += 1), { jobs: node.own }));
    }
    await compare(store, nodes, `seed ${seed}, turn ${turn}`);
  }
}

async function compare(store: Store, nodes: readonly Node[], told: string): Promise<void> {
  for (const node of nodes) {
    assert.deepEqual((await store.findRun(node.id))?.jobs, recount(nodes, node, ""), `${told}: ${node.id}`);
    const found = await jobsBySteps(store, node.id);
    for (const path of ["load", "load[1].parts"])
      assert.deepEqual(
        found[path],
        recount(nodes, { ...node, own: {} }, `${path}[`),
        `${told}: ${node.id} ${path}`,
      );
  }
}

function recount(nodes: readonly Node[], { own, steps }: Node, prefix: string): JobCounts {
  const total: Partial<Record<StepStatus, number>> = { ...own };
  for (const [path, id] of steps) {
    const child = path.startsWith(prefix) ? nodes.find((node) => node.id === id) : undefined;
    const within = child === undefined ? {} : recount(nodes, child, "");
    for (const [status, jobs] of Object.entries(within) as [StepStatus, number][])
      total[status] = (total[status] ?? 0) + jobs;
  }
  return total;
}

async function jobsBySteps(store: Store, runId: string): Promise<Readonly<Record<string, JobCounts | null>>> {
  const steps = await store.listSteps(runId, { limit: 100 });
  return Object.fromEntries(steps.map(({ path, jobs }) => [path, jobs]));
}

function loop(path: string, jobs: JobCounts): ReturnType<typeof stepChange> {
  return stepChange(path, { kind: "foreach", jobs });
}

function childOf(parent: string, id: string, path: string): ReturnType<typeof newRun> {
  return newRun(id, { trigger: { kind: "step", runId: parent, path, attempt: 1, depth: 1, root: parent } });
}

import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const BYTES_MAX = 20_000_000;
const FORK = { isFork: true };

describe("a pull request of a fork that sends without end", function () {
  this.timeout(120_000);
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FLOWS, {}, { forkLimits: { bytesMax: BYTES_MAX, msMax: 600_000 } });
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("holds up no deployment and none of those who may write, is refused, and leaves nothing", async () => {
    const { github, git } = world;
    const head = await world.change(1, workflow("endless"));
    const flood = git.flood(head);
    await github.propose(1, head, FORK);
    await flood.reached;
    const main = await world.push({ ...FLOWS, ...workflow("fresh") });
    assert.deepEqual(await deployed(), { commit: main, status: "active" });
    const own = await world.change(2, workflow("own"));
    await github.propose(2, own);
    assert.equal((await completed(own)).conclusion, "success");
    const other = await world.change(3, workflow("other"));
    await github.propose(3, other, FORK);
    await until("it is looked at", () => latestOf(head)?.status === "in_progress");
    flood.release();
    const check = await completed(head);
    assert.deepEqual([check.conclusion, check.title], ["failure", "too large to fetch"]);
    assert.match(
      check.summary,
      /more than 20 MB that its branch has not.*Take large files out.*another head/,
    );
    assert.equal((await completed(other)).conclusion, "success");
    const left = await filesOf(join(world.dataFolder, "mirrors"));
    assert.deepEqual(
      left.filter(({ path }) => /quarantine|tmp_/.test(path)),
      [],
    );
    assert.ok(left.reduce((sum, { size }) => sum + size, 0) < 1_000_000);

    // Neither who asks nor a branch that moves has it fetched again.
    github.permissions.set("stranger", "read");
    await github.comment(1, "/headwater plan", "stranger");
    await until(
      "it is told again",
      () => checksOf(head).length === 2 && latestOf(head)?.status === "completed",
    );
    assert.equal(latestOf(head)?.title, "too large to fetch");
    assert.equal(flood.asked(), 1);
    const next = await world.change(1, workflow("small"));
    await github.propose(1, next, FORK);
    assert.equal((await completed(next)).conclusion, "success");
  });

  async function deployed(): Promise<unknown> {
    const answer = await fetch(`${world.url}/api/v1/deployments`);
    const { deployments } = (await answer.json()) as { deployments: { commit: string; status: string }[] };
    const [newest] = deployments;
    return { commit: newest?.commit, status: newest?.status };
  }

  function checksOf(head: string): readonly FakeCheck[] {
    return world.github.checks.filter((check) => check.head === head);
  }

  function latestOf(head: string): FakeCheck | undefined {
    return checksOf(head).at(-1);
  }

  async function completed(head: string): Promise<FakeCheck> {
    await until("its check is completed", () => latestOf(head)?.status === "completed", 60_000);
    return latestOf(head) ?? assert.fail();
  }
});

function workflow(id: string): Readonly<Record<string, string>> {
  return { [`${id}.workflow.yaml`]: `workflow: ${id}\nsteps: { a: { run: echo ${id} } }\n` };
}

async function filesOf(folder: string): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(
    names.map(async (path) => {
      const found = await stat(join(folder, path));
      return { path, size: found.isFile() ? found.size : 0 };
    }),
  );
}

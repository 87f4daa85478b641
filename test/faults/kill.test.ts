import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Client, Run } from "@headwater/api";
import { seededRandom } from "#test/seeded-random.js";
import { until } from "#test/until.js";
import { startServiceProcess } from "./service-process.js";

const SEED = Number(process.env["HEADWATER_TEST_SEED"] ?? 20_261_123);
const ROUNDS = Number(process.env["HEADWATER_TEST_KILLS"] ?? 12);

const CHAIN = `
workflow: chain
run_strategy: { rule: parallel, limit: 20 }
steps:
  first: { run: 'echo "$HEADWATER_RUN_ID $HEADWATER_STEP $HEADWATER_ATTEMPT" >> "$HEADWATER_DATA/ledger"; sleep 0.05', retry: { platform: 1000 } }
  nothing: { needs: [first], noop: {} }
  spread:
    needs: [nothing]
    foreach: { item: "\${{ range(0, 6) }}" }
    max_parallel: 3
    steps:
      work:
        run: 'echo "$HEADWATER_RUN_ID $HEADWATER_STEP $HEADWATER_ATTEMPT" >> "$HEADWATER_DATA/ledger"; sleep 0.05; echo "item=$ITEM" >> "$HEADWATER_OUTPUT"'
        env: { ITEM: "\${{ each.item }}" }
        outputs: { item: int }
        retry: { platform: 1000 }
      rest: { needs: [work], sleep: 50ms }
  last:
    needs: [spread]
    run: 'echo "$HEADWATER_RUN_ID $HEADWATER_STEP $HEADWATER_ATTEMPT" >> "$HEADWATER_DATA/ledger"; echo "items=$ITEMS" >> "$HEADWATER_OUTPUT"'
    env: { ITEMS: "\${{ json(steps.spread.outputs.work.item) }}" }
    outputs: { items: "list<int>" }
    retry: { platform: 1000 }
    emit: [{ signal: chain.done, params: { run: "\${{ run.id }}" } }]
`;
const LISTENER = `
workflow: listener
triggers: [{ signal: chain.done, params: { of: "\${{ signal.run }}" } }]
params: { of: { type: string } }
run_strategy: { rule: parallel, limit: 20 }
steps: { heard: { noop: {} } }
`;
const TICK = `
workflow: tick
triggers: [{ schedule: "* * * * * *", missed: all }]
run_strategy: { rule: parallel, limit: 100 }
steps: { tick: { noop: {} } }
`;

describe("kill -9 of the service, again and again", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "headwater-kill-"));
  const data = join(folder, "data");
  const random = seededRandom(SEED);
  /** Steps that were seen succeeded, with how often they had begun by then. */
  const finished = new Map<string, number>();
  let chains: readonly string[] = [];

  before(async () => {
    const origin = makeRepository(folder, {
      "chain.workflow.yaml": CHAIN,
      "listener.workflow.yaml": LISTENER,
      "tick.workflow.yaml": TICK,
    });
    const service = await startServiceProcess(data);
    await service.client.addRepository({ body: { url: origin, name: "kill" } });
    await until(
      "the first deployment",
      async () => (await service.client.listWorkflows()).workflows.length === 3,
    );
    await service.kill();
    const started: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { client, kill } = await startServiceProcess(data);
      started.push(await startChain(client, `round-${round}`));
      await new Promise((resolve) => setTimeout(resolve, 10 + random() * 350));
      for (const id of started) await rememberFinished(client, id);
      await kill();
    }
    chains = started;
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`ends every run as if nothing had happened (seed ${SEED})`, async () => {
    const { client, stop } = await startServiceProcess(data);
    for (const id of chains) {
      const run = await until(`the end of ${id}`, () => ended(client, id));
      assert.equal(run.status, "succeeded", `${run.name}: ${run.reason}`);
      const { steps } = await client.listSteps({ params: { id }, query: { limit: 200 } });
      assert.deepEqual(steps.find(({ path }) => path === "last")?.outputs, { items: [0, 1, 2, 3, 4, 5] });
    }
    const heard = await until("a listener for every chain", async () => {
      const { runs } = await client.listRuns({ query: { workflow: "listener", limit: 200 } });
      return runs.length >= chains.length && runs.every(({ endedAt }) => endedAt !== null) && runs;
    });
    assert.deepEqual(
      heard.map(({ params }) => JSON.stringify(params["of"])).sort(),
      chains.map((id) => JSON.stringify(id)).sort(),
    );
    await stop();
  });

  it("runs nothing again that had finished", () => {
    const begun = beginnings(data);
    const again = [...finished].filter(([step, times]) => (begun.get(step) ?? 0) > times);
    assert.ok(finished.size > 0, "the kills came before anything had finished: nothing was tested");
    assert.deepEqual(again, []);
  });

  it("begins no attempt twice: its number is a fence", () => {
    const lines = ledger(data);
    assert.deepEqual(
      lines.filter((line, index) => lines.indexOf(line) !== index),
      [],
    );
  });

  it("fires every slot of a schedule exactly once, those of the time it was down included", async () => {
    const { client, stop } = await startServiceProcess(data);
    const slots = (await allRuns(client, "tick"))
      .map(({ scheduledAt }) => scheduledAt / 1000)
      .sort((a, b) => a - b);
    const first = slots[0] ?? 0;
    assert.ok(slots.length > ROUNDS / 2);
    assert.deepEqual(
      slots,
      slots.map((_slot, index) => first + index),
    );
    await stop();
  });

  async function rememberFinished(client: Client, id: string): Promise<void> {
    const { steps } = await client.listSteps({ params: { id }, query: { limit: 200 } });
    const begun = beginnings(data);
    for (const { path, status } of steps) {
      const step = `${id} ${path}`;
      if (status === "succeeded" && begun.has(step) && !finished.has(step))
        finished.set(step, begun.get(step) ?? 0);
    }
  }
});

async function startChain(client: Client, requestId: string): Promise<string> {
  const { id } = await client.startRun({
    params: { project: "kill", workflow: "chain" },
    body: { requestId },
  });
  return id;
}

async function ended(client: Client, id: string): Promise<Run | null> {
  const run = await client.getRun({ params: { id } });
  return run.endedAt === null ? null : run;
}

async function allRuns(client: Client, workflow: string): Promise<readonly Run[]> {
  const all: Run[] = [];
  let before: string | null = null;
  do {
    const page: { runs: readonly Run[]; next: string | null } = await client.listRuns({
      query: { workflow, limit: 200, ...(before === null ? {} : { before }) },
    });
    all.push(...page.runs);
    before = page.next;
  } while (before !== null);
  return all;
}

/** How often each step of each run has begun, by the ledger that the steps themselves wrote. */
function beginnings(data: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of ledger(data)) {
    const step = line.slice(0, line.lastIndexOf(" "));
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return counts;
}

/** A line an attempt: run, step, number. None while no attempt has begun, which on a busy machine takes more than a round. */
function ledger(data: string): readonly string[] {
  const file = join(data, "data", "kill", "production", "ledger");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

function makeRepository(folder: string, files: Readonly<Record<string, string>>): string {
  const checkout = join(folder, "checkout");
  mkdirSync(checkout);
  writeFileSync(join(checkout, "headwater.yaml"), "project: kill\n");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(checkout, name), text);
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", args, { cwd: checkout, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "-qm", "Three workflows");
  git("clone", "-q", "--bare", ".", join(folder, "origin.git"));
  return join(folder, "origin.git");
}

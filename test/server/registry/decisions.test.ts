import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import { registryOver } from "./registry-over.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";

const PROJECT = "project: growth\n";
const PLACE = { project: "growth", environment: "production" };
const ANN = { by: "ann", reason: "the loader writes twice" };
const noop = (id: string, step = "one"): string => `workflow: ${id}\nsteps: { ${step}: { noop: {} } }\n`;
const files = (step: string, ...ids: readonly string[]): Record<string, string> => ({
  "headwater.yaml": PROJECT,
  ...Object.fromEntries(ids.map((id) => [`${id}.workflow.yaml`, noop(id, step)])),
});

describe("what people decide of deployments", () => {
  let world: SourceWorld;
  let registry: Registry;

  beforeEach(async () => {
    world = await createSourceWorld({
      onCommit: async (commit) => void (await registry.deploy(commit)),
    });
    registry = registryOver(world);
  });
  afterEach(() => world.end());

  async function push(
    content: Record<string, string>,
    options: { readonly orphan?: boolean } = {},
  ): Promise<string> {
    const commit = await world.origin.commit(content, options);
    if ((await world.store.listRepositories()).length === 0)
      await world.source.addRepository({ url: world.origin.folder });
    else await world.source.syncRepository("flows");
    return commit;
  }

  const list = async () => world.store.listDeployments({ limit: 20 });
  const newest = async () => (await list())[0]!;
  const live = async (): Promise<readonly string[]> =>
    (await world.store.listWorkflows({ project: "growth" })).map(
      (row) => `${row.workflow} ${row.versionNumber} ${row.commit}`,
    );

  describe("a commit that is held", () => {
    it("is deployed when somebody confirms that very commit, which stays on record with who and why", async () => {
      await push(files("one", "a", "b"));
      const held = await push(files("one", "c"));
      assert.equal((await newest()).status, "held");
      assert.match((await newest()).reason ?? "", new RegExp(`headwater confirm ${held.slice(0, 12)}$`));
      const { status, commit } = await registry.confirm(held.slice(0, 8), ANN);
      assert.deepEqual([status, commit, await live()], ["active", held, [`c 1 ${held}`]]);
      const { by, reason } = (await newest()).confirmed!;
      assert.deepEqual({ by, reason }, ANN);
    });

    it("is held again when the next commit removes as much: the word was of another one", async () => {
      await push(files("one", "a", "b"));
      await registry.confirm(await push(files("one", "c", "d")), ANN);
      await push(files("one", "e", "f"));
      assert.equal((await newest()).status, "held");
    });

    it("is live from when the word of its pull request is written: the slots until then are of the schedules that go", async () => {
      await push(files("one", "a", "b"));
      const { id: repositoryId, branch } = await world.row();
      await world.store.confirmRemoval({
        repositoryId,
        branch,
        change: 7,
        head: "f".repeat(40),
        workflows: ["growth/a", "growth/b"],
        ...ANN,
        at: world.clock.now(),
      });
      const { confirmCommit } = world.store;
      Object.assign(world.store, {
        async confirmCommit(confirmation: Parameters<typeof confirmCommit>[0]) {
          await confirmCommit(confirmation);
          world.clock.advance(90 * 60_000);
        },
      });
      await push({
        "headwater.yaml": PROJECT,
        "c.workflow.yaml": `triggers: [{ schedule: every 1h }]\n${noop("c")}`,
      });
      const { status, endedAt } = await newest();
      assert.deepEqual([status, endedAt], ["active", world.clock.now()]);
      const [schedule] = await world.store.listSchedules({ ...PLACE, workflow: "c" });
      assert.equal(schedule?.nextSlotAt, endedAt + 30 * 60_000);
    });

    it("is held once more when the branch comes back to it, until somebody confirms it again", async () => {
      const first = await push(files("one", "a", "b"));
      const confirmed = await push(files("one", "c"));
      await registry.confirm(confirmed, ANN);
      await registry.pin(PLACE, first, ANN);
      // Whoever undoes a pin comes back to what was confirmed: the branch has not moved.
      assert.equal((await registry.unpin(PLACE, ANN)).status, "active");
      await push(files("one", "a", "b"));
      await world.origin.git("update-ref", "refs/heads/main", confirmed);
      await world.source.syncRepository("flows");
      assert.deepEqual([(await newest()).status, (await newest()).commit], ["held", confirmed]);
      assert.equal((await registry.confirm(confirmed, { by: "bob", reason: "again" })).status, "active");
      assert.equal((await newest()).confirmed?.by, "bob");
    });

    it("is deployed by the next start when the service was killed after the word was on disk", async () => {
      await push(files("one", "a", "b"));
      const commit = await push(files("one", "c"));
      const { repositoryId } = await newest();
      await world.store.confirmCommit({ repositoryId, commit, ...ANN, at: 5 });
      await world.restart();
      await world.until(async () => (await newest()).status === "active");
      assert.deepEqual(await live(), [`c 1 ${commit}`]);
    });

    it("cannot be confirmed once the branch has moved on, nor when it is not held, nor when there is none", async () => {
      const first = await push(files("one", "a", "b"));
      const held = await push(files("one", "c"));
      const last = await push(files("two", "a", "b"));
      const code = "action-not-allowed";
      await assert.rejects(registry.confirm(held, ANN), {
        code,
        message: `Cannot confirm "${held}": the branch has moved on, to ${last.slice(0, 12)}, which is active`,
      });
      await assert.rejects(registry.confirm(first, ANN), { code, message: /it is active, not held$/ });
      await assert.rejects(registry.confirm("0123456789", ANN), { code: "not-found" });
      assert.deepEqual((await live()).length, 2);
    });
  });

  describe("an environment that is pinned", () => {
    it("runs the older commit; what is pushed is compiled and listed, and deployed when the pin is undone", async () => {
      const first = await push(files("one", "a"));
      await push(files("two", "a"));
      const pinned = await registry.pin(PLACE, first.slice(0, 10), ANN);
      assert.deepEqual([pinned.status, await live()], ["active", [`a 1 ${first}`]]);
      const third = await push(files("three", "a"));
      assert.deepEqual(await live(), [`a 1 ${first}`]);
      const { status, reason, changed } = await newest();
      assert.deepEqual([status, changed], ["held", ["a"]]);
      assert.equal(
        reason,
        `production of "growth" is pinned to ${first.slice(0, 12)} by ann: the loader writes twice. ` +
          `What is pushed is deployed after: headwater unpin growth`,
      );
      const broken = await push({ ...files("three", "a"), "b.workflow.yaml": "workflow: b\n" });
      assert.deepEqual([(await newest()).status, (await newest()).commit], ["refused", broken]);
      const last = await push(files("four", "a"));
      await assert.rejects(registry.confirm(last, ANN), {
        message: /is pinned to .* headwater unpin growth$/,
      });
      assert.equal((await registry.unpin(PLACE, { by: "bob", reason: "mended" })).status, "active");
      assert.deepEqual(await live(), [`a 3 ${last}`]);
      assert.notEqual(third, last);
      const [pin] = await world.store.listPins({ project: "growth", limit: 5 });
      assert.deepEqual(
        [pin?.by, pin?.commit, pin?.ended?.by, pin?.ended?.reason],
        ["ann", first, "bob", "mended"],
      );
    });

    it("stays pinned over a restart, and the newest commit is told once as held", async () => {
      const first = await push(files("one", "a"));
      const second = await push(files("two", "a"));
      await registry.pin(PLACE, first, ANN);
      for (let start = 0; start < 2; start += 1) {
        const told = world.announced.length;
        await world.restart();
        await world.until(() => world.announced.length > told);
      }
      assert.deepEqual(await live(), [`a 1 ${first}`]);
      const statuses = (await list()).map(({ status, commit }) => `${status} ${commit}`);
      assert.deepEqual(statuses, [
        `held ${second}`,
        `active ${first}`,
        `active ${second}`,
        `active ${first}`,
      ]);
    });

    it("follows its branch again without a push, and by the next start when unpinning was cut off", async () => {
      const first = await push(files("one", "a"));
      const second = await push(files("two", "a"));
      await registry.pin(PLACE, first, ANN);
      assert.equal((await registry.unpin(PLACE, ANN)).commit, second);
      assert.deepEqual(await live(), [`a 2 ${second}`]);
      await registry.pin(PLACE, first, ANN);
      await world.store.endPin(PLACE, { ...ANN, at: 5 });
      await world.restart();
      await world.until(async () => (await live())[0] === `a 2 ${second}`);
    });

    it("can be pinned to a commit that removes all, to another one, and to one that the branch has lost", async () => {
      const first = await push(files("one", "a"));
      await push(files("one", "b", "c"));
      await registry.confirm((await newest()).commit, ANN).catch(() => undefined);
      await registry.pin(PLACE, first, ANN);
      assert.deepEqual(await live(), [`a 1 ${first}`]);
      const other = await push(files("five", "a"), { orphan: true });
      await registry.pin(PLACE, other, { by: "bob", reason: "better" });
      await registry.pin(PLACE, first, ANN);
      assert.deepEqual(await live(), [`a 1 ${first}`]);
      const pins = await world.store.listPins({ limit: 5 });
      assert.deepEqual(
        pins.map(({ commit, ended }) => [commit, ended?.reason]),
        [
          [first, undefined],
          [other, `pinned to ${first.slice(0, 12)} instead`],
          [first, `pinned to ${other.slice(0, 12)} instead`],
        ],
      );
    });

    it("is not pinned to what cannot be deployed there, and nothing is recorded then", async () => {
      const broken = await push({ ...files("one", "a"), "b.workflow.yaml": "workflow: b\n" });
      const renamed = await push({ ...files("one", "a"), "headwater.yaml": "project: revenue\n" });
      await push(files("one", "a"));
      const before = await list();
      const code = "action-not-allowed";
      await assert.rejects(registry.pin(PLACE, broken, ANN), {
        code,
        message: /cannot be deployed: 1 error/,
      });
      await assert.rejects(registry.pin(PLACE, renamed, ANN), {
        code,
        message: /cannot be deployed: It deploys production of "revenue"$/,
      });
      await assert.rejects(registry.pin({ ...PLACE, environment: "staging" }, broken, ANN), {
        code,
        message: 'Cannot pin staging of "growth": nothing is deployed there',
      });
      await assert.rejects(registry.pin(PLACE, "0123456789", ANN), { code: "not-found" });
      await assert.rejects(registry.pin(PLACE, "--all", ANN), { code: "bad-request" });
      await assert.rejects(registry.unpin(PLACE, ANN), { code, message: /it is not pinned$/ });
      assert.deepEqual(await list(), before);
      assert.deepEqual(await world.store.listPins({ limit: 5 }), []);
    });

    it("is left alone by a commit that renames the project, and freed when the repository is removed", async () => {
      const first = await push(files("one", "a"));
      await registry.pin(PLACE, first, ANN);
      await push({ ...files("one", "a"), "headwater.yaml": "project: revenue\n" });
      assert.deepEqual([(await newest()).status, await live()], ["held", [`a 1 ${first}`]]);
      await world.source.removeRepository("flows");
      assert.deepEqual(await world.store.listOpenPins(), []);
    });
  });

  it("compares what is deployed with the head, commits, deployments and versions, by what they mean", async () => {
    const first = await push(files("one", "a", "b"));
    const second = await push({ ...files("two", "a", "b"), "b.workflow.yaml": `# only words\n${noop("b")}` });
    const held = await push(files("two", "c"));
    const compare = async (request: { from?: string; to?: string; workflow?: string }) => {
      const { from, to, plan } = await registry.compare({ ...PLACE, ...request });
      return [from, to, ...plan.workflows.map(({ id, change }) => `${change} ${id}`)];
    };
    assert.deepEqual(await compare({}), [second, held, "removed a", "removed b", "added c"]);
    assert.deepEqual(await compare({ from: first.slice(0, 8), to: second }), [first, second, "changed a"]);
    const [, , begun] = await list();
    assert.deepEqual(await compare({ from: begun!.id, to: second, workflow: "b" }), [first, second]);
    assert.deepEqual(await compare({ from: "v2", to: "1", workflow: "a" }), [second, first, "changed a"]);
    const missing = registry.compare({ ...PLACE, workflow: "a", from: "7" });
    await assert.rejects(missing, { code: "version-not-found" });
    await assert.rejects(registry.compare({ ...PLACE, project: "none" }), { code: "not-found" });
  });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Registry } from "#server/registry/registry.js";
import { startGitServer, type GitServer } from "../source/git-server.js";
import { registryOver } from "./registry-over.js";
import { createSourceWorld, type SourceWorld } from "../source/source-world.js";

const ANN = { by: "ann", reason: "it is meant" };
const PLACE = { project: "growth", environment: "production" };
const files = (step: string, ...ids: readonly string[]): Record<string, string> => ({
  "headwater.yaml": "project: growth\n",
  ...Object.fromEntries(
    ids.map((id) => [`${id}.workflow.yaml`, `workflow: ${id}\nsteps: { ${step}: { noop: {} } }\n`]),
  ),
});

describe("what the list of deployments tells of a commit", () => {
  let world: SourceWorld;
  let server: GitServer;
  let registry: Registry;
  /** Of main, in the order in which they were pushed. */
  let commits: string[];

  beforeEach(async () => {
    world = await createSourceWorld({
      onCommit: async (commit) => void (await registry.deploy(commit)),
    });
    server = await startGitServer(join(world.folder, "hosts"));
    registry = registryOver(world);
    commits = [];
    for (const step of ["one", "two", "three"]) await push(files(step, "a", "b"));
  });
  afterEach(async () => {
    await server.stop();
    await world.end();
  });

  async function push(content: Record<string, string>, options: { readonly orphan?: boolean } = {}) {
    commits.push(await world.origin.commit(content, options));
    if (commits.length === 1) await world.source.addRepository({ url: `${server.url}/flows.git` });
    else await world.source.syncRepository("flows");
    return newest();
  }
  const list = () => world.store.listDeployments({ limit: 20 });
  const newest = async () => (await list())[0]!;
  const takeBackTo = (commit = "") => world.origin.git("update-ref", "refs/heads/main", commit);

  it("tells nothing of pushes that go on, also of several commits at once, of a pin, and of what follows it", async () => {
    const [first = ""] = commits;
    await world.origin.commit(files("four", "a", "b"));
    await push(files("five", "a", "b"));
    await registry.pin(PLACE, first, ANN);
    await push(files("six", "a", "b"));
    await registry.unpin(PLACE, ANN);
    assert.deepEqual(
      (await list()).map(({ rewritten }) => rewritten),
      [null, null, null, null, null, null, null],
    );
  });

  it("tells of a push by force how many commits are gone of which head, once", async () => {
    const [first, , last = ""] = commits;
    await takeBackTo(first);
    const { rewritten, status } = await push(files("four", "a", "b"));
    assert.deepEqual([rewritten, status], [{ from: last, commits: 2, isUnrelated: false }, "active"]);
    assert.equal((await push(files("five", "a", "b"))).rewritten, null);
  });

  it("tells of a branch that was taken back, and of one that came back to what it had", async () => {
    const [first, , last = ""] = commits;
    await takeBackTo(first);
    await world.source.syncRepository("flows");
    assert.deepEqual((await newest()).rewritten, { from: last, commits: 2, isUnrelated: false });
    await takeBackTo(last);
    await world.source.syncRepository("flows");
    assert.equal((await newest()).rewritten, null);
  });

  it("tells of unrelated history, also when the service was down meanwhile and the host has forgotten it", async () => {
    const last = commits.at(-1);
    const head = await world.origin.commit(files("four", "a", "b"), { orphan: true });
    await world.origin.git("gc", "--quiet", "--prune=now");
    await world.restart();
    await world.until(async () => (await newest()).commit === head);
    assert.deepEqual((await newest()).rewritten, { from: last, commits: 3, isUnrelated: true });
  });

  it("tells it while it is held, and when it is confirmed", async () => {
    const last = commits.at(-1);
    const held = await push(files("four", "c"), { orphan: true });
    const rewritten = { from: last, commits: 3, isUnrelated: true };
    assert.deepEqual([held.status, held.rewritten], ["held", rewritten]);
    await registry.confirm(held.commit, ANN);
    assert.deepEqual([(await newest()).status, (await newest()).rewritten], ["active", rewritten]);
  });

  it("holds what was pushed during a pin against what the branch had, not against the pin", async () => {
    const [first = "", second, last = ""] = commits;
    await registry.pin(PLACE, first, ANN);
    await takeBackTo(second);
    const { rewritten, status } = await push(files("four", "a", "b"));
    assert.deepEqual([rewritten, status], [{ from: last, commits: 1, isUnrelated: false }, "held"]);
  });

  it("tells what of it no workflow sees, and nothing more once it is gone", async () => {
    const blob = (text: string): Promise<string> => world.origin.blob(text);
    const settings = await blob("project: growth\n");
    const workflow = await blob("workflow: a\nsteps: { one: { noop: {} } }\n");
    const target = await blob("/etc/passwd");
    const plain = [`100644 blob ${settings}\theadwater.yaml`, `100644 blob ${workflow}\ta.workflow.yaml`];
    const links = ["a", "b", "c", "d", "e"].map((name) => `120000 blob ${target}\tdir/${name}`);
    const tree = await world.origin.treeOf([...plain, ...links, `160000 commit ${commits[0]}\tlib`]);
    await world.origin.commitTree(tree);
    await world.source.syncRepository("flows");
    const { diagnostics } = await newest();
    assert.deepEqual(
      diagnostics.map(({ file, severity, code, message }) => [file, severity, code, message]),
      [
        ["lib", "info", "path-left-out", "Left out, so that no workflow sees it: it is a submodule"],
        [
          "dir/a",
          "info",
          "path-left-out",
          'Left out, so that no workflow sees it: it is a symbolic link. The same of "dir/b", "dir/c", "dir/d" and 1 more',
        ],
      ],
    );
    assert.deepEqual((await push(files("four", "a", "b"))).diagnostics, []);
  });

  it("tells nothing of another branch that is followed from now on", async () => {
    await world.origin.commit(files("four", "a", "b"), { branch: "trunk", orphan: true });
    await world.source.changeRepository("flows", { branch: "trunk" });
    assert.deepEqual([(await newest()).branch, (await newest()).rewritten], ["trunk", null]);
  });
});

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { ScratchRepository } from "../source/scratch-repository.js";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import type { FakeRepository } from "./fake-installation.js";
import { FORK } from "./gitlab/fake-gitlab.js";
import { createGitlabWorld, type GitlabWorld } from "./gitlab/gitlab-world.js";
import { FLOWS, type ReviewWorld } from "./review-world.js";

describe("a merge queue", () => {
  let hosts: GitlabWorld;
  let world: ReviewWorld;
  before(async () => {
    hosts = await createGitlabWorld();
    world = hosts.both;
    await show("flows", "other");
  });
  after(() => hosts.stop());
  afterEach(() => {
    assert.deepEqual(world.github.violations, []);
    world.github.closeAll();
  });

  it("fails where two pull requests that are green alone add one id", async () => {
    const [one, other] = [
      { "one.workflow.yaml": writer("same", "a") },
      { "two.workflow.yaml": writer("same", "b") },
    ];
    assert.deepEqual([await propose(1, one), await propose(2, other)].map(outcomeOf), ["success", "success"]);
    assert.equal((await queue(1, one)).conclusion, "success");
    const { conclusion, title, annotations } = await queue(2, { ...one, ...other });
    assert.deepEqual([conclusion, title], ["failure", "2 errors, workflows: 1 added"]);
    assert.deepEqual(
      annotations.map((one) => `${one.path} ${one.title}`),
      ["one.workflow.yaml duplicate-workflow", "two.workflow.yaml duplicate-workflow"],
    );
  });

  it("fails where two of them write one signal, until the check of one has seen the other", async () => {
    const [one, other] = [
      { "a.workflow.yaml": writer("a", "orders") },
      { "b.workflow.yaml": writer("b", "orders") },
    ];
    assert.deepEqual([await propose(3, one), await propose(4, other)].map(outcomeOf), ["success", "success"]);
    assert.equal((await queue(3, one)).conclusion, "success");
    const { conclusion, title, summary } = await queue(4, { ...one, ...other });
    assert.deepEqual(
      [conclusion, title],
      ["failure", "a signal gets another writer, 2 new warnings, workflows: 2 added"],
    );
    assert.match(
      summary,
      /- `a` emits `table\.loaded \{"table":"orders"\}` as well, as `b` here does, and no check/,
    );
    // Those of the own branch are what it tries.
    assert.doesNotMatch(summary, /`#[34]`/);
    // The first is merged; the second is looked at in view of it.
    await world.github.close(3, true);
    await world.push({ ...FLOWS, ...one });
    const seen = await propose(4, { ...one, ...other });
    assert.equal(seen.conclusion, "success");
    assert.match(seen.summary, /- `a` emits /);
    const meant = await queue(4, { ...one, ...other, "README.md": "meant" });
    assert.equal(meant.conclusion, "success");
    assert.match(meant.summary, /- `a` emits /);
    await world.push(FLOWS);
  });

  it("takes nothing for seen that a stranger proposes, but what it tries itself", async () => {
    const [one, other] = [
      { "c.workflow.yaml": writer("c", "stocks") },
      { "d.workflow.yaml": writer("d", "stocks") },
    ];
    await propose(8, one);
    await propose(9, other);
    const both = { ...one, ...other };
    const strange = await propose(10, { ...both, "README.md": "of a stranger" }, { isFork: true });
    assert.equal(strange.conclusion, "success");
    const { conclusion, title } = await queue(9, both);
    assert.equal(conclusion, "failure");
    assert.match(title, /^a signal gets another writer/);
    // Somebody who may write has queued it, and another one behind it.
    const first = await queue(10, { ...both, "README.md": "queued" });
    assert.equal(first.conclusion, "success");
    const behind = { ...both, "README.md": "queued behind it" };
    await propose(11, { "README.md": "of no workflow" });
    assert.equal((await queue(11, behind, first.head)).conclusion, "success");
    assert.equal((await queue(11, { ...behind, "more.md": "alone" })).conclusion, "failure");
  });

  it("fails where another repository has deployed a writer since the pull request was looked at", async () => {
    const near = { "near.workflow.yaml": writer("near", "far") };
    assert.equal((await propose(5, near)).conclusion, "success");
    await follow("other", {
      "headwater.yaml": "project: other\n",
      "far.workflow.yaml": writer("far", "far"),
    });
    const { conclusion, title, summary } = await queue(5, near);
    assert.deepEqual([conclusion, title], ["failure", "a signal gets another writer, workflows: 1 added"]);
    assert.match(
      summary,
      /- `other\/far` emits `table\.loaded \{"table":"far"\}` as well, as `near` here does/,
    );
    // Whoever has seen it may mean it.
    const seen = await propose(5, { ...near, "README.md": "seen" });
    assert.match(seen.summary, /- `other\/far` emits /);
    assert.equal((await queue(5, { ...near, "README.md": "queued" })).conclusion, "success");
  });

  it("tells what is open on other branches and in another repository, but nothing of a fork there", async () => {
    const { gitlab } = hosts;
    await world.origin.git("branch", "--force", "stale", "main");
    const there = { "there.workflow.yaml": writer("there", "open") };
    await propose(6, there, { base: "stale" });
    for (const [number, source] of [[21], [22, FORK]] as const) {
      const head = await hosts.change(number, there);
      await gitlab.propose(number, head, source === undefined ? {} : { source });
      await until("GitLab has its status", () =>
        gitlab.statuses.some(({ sha, state }) => sha === head && state === "success"),
      );
    }
    const files = { "here.workflow.yaml": writer("here", "open") };
    await propose(7, files);
    const { conclusion, summary } = await queue(7, { ...files, "README.md": "7" });
    assert.equal(conclusion, "success");
    const named = summary.matchAll(
      /^- `(\S+)` emits `table\.loaded \{"table":"open"\}` as well, as `here` here does/gm,
    );
    assert.deepEqual(Array.from(named, ([, other = ""]) => other).toSorted(), ["#6", "data#21"]);
    assert.deepEqual(gitlab.violations, []);
  });

  async function propose(
    number: number,
    files: Readonly<Record<string, string>>,
    options: { readonly base?: string; readonly isFork?: boolean } = {},
  ): Promise<FakeCheck> {
    const head = await world.change(number, files);
    await world.github.propose(number, head, options);
    return completed(head);
  }

  /** Main with these files beside its own is what would be merged, with that pull request as the last one, behind another commit of the queue. */
  async function queue(
    number: number,
    files: Readonly<Record<string, string>>,
    behind?: string,
  ): Promise<FakeCheck> {
    const head = await world.change(1000 + number, files);
    const base = behind ?? (await world.origin.git("rev-parse", "main"));
    const ref = `refs/heads/gh-readonly-queue/main/pr-${number}-${base}`;
    await world.origin.git("update-ref", ref, head);
    await world.github.deliver("merge_group", (payload) => {
      const group = { head_sha: head, head_ref: ref, base_sha: base, base_ref: "refs/heads/main" };
      Object.assign(payload["merge_group"] as object, group);
      payload["action"] = "checks_requested";
    });
    return completed(head);
  }

  async function completed(head: string): Promise<FakeCheck> {
    const found = (): FakeCheck | undefined =>
      world.github.checks.find((check) => check.head === head && check.status === "completed");
    await until("the host has the check", () => found() !== undefined);
    return found()!;
  }

  /** Repositories that few may read: what one has is told to the others. */
  async function show(...names: readonly string[]): Promise<void> {
    const { installation, cloneUrl } = world.github;
    for (const [index, name] of names.entries()) {
      const place = { owner: "acme", name, cloneUrl: cloneUrl.replace("flows", name) };
      const repository: FakeRepository = { id: 11 + index, ...place, archived: false };
      installation.repositories.push(repository);
    }
    await world.github.deliver("installation", () => undefined);
    await until("they are known", async () => {
      const answer = await fetch(`${world.url}/api/v1/github/repositories`);
      return (await answer.text()).includes(`acme/${names.at(-1)}`);
    });
  }

  /** Another repository, and waits until it is deployed. */
  async function follow(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const repository = await ScratchRepository.create(join(dirname(world.origin.folder), `${name}.git`));
    await repository.commit(files);
    const path = `${world.url}/api/v1/repositories`;
    const body = JSON.stringify({ url: `${world.git.url}/acme/${name}.git` });
    await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
    const synced = await fetch(`${path}/${name}/sync`, { method: "POST" });
    assert.ok(synced.ok, await synced.text());
  }
});

function writer(id: string, table: string): string {
  return `workflow: ${id}\nsteps: { load: { run: echo, emit: { signal: table.loaded, params: { table: ${table} } } } }\n`;
}

function outcomeOf({ conclusion }: FakeCheck): string | null {
  return conclusion;
}

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { ScratchRepository } from "../source/scratch-repository.js";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemClock } from "#server/clock.js";
import { BaseWatcher, type BaseWatcherOptions } from "#server/review/base-watcher.js";
import type { OpenList } from "#server/review/open-lists.js";
import { HostFailure, type OpenChange } from "#server/review/review-host.js";
import type { ChangeClaims } from "#server/store/change-claims.js";
import type { RepositoryRow } from "#server/store/store.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { startGithub } from "./crash-host.js";
import { headOf, isSettled } from "./crash-outcome.js";
import { createCrashWorld, Life } from "./crash-world.js";
import { FakeGithub, type FakeCheck } from "./fake-github.js";
import type { FakeRepository } from "./fake-installation.js";
import { createReviewWorld, type ReviewWorld } from "./review-world.js";

const FILES: Readonly<Record<string, string>> = {
  "headwater.yaml": "project: flows\nowner: data\n",
  "daily.workflow.yaml": "workflow: daily\nsteps: { a: { run: echo, emit: { signal: day.done } } }\n",
  "listener.workflow.yaml":
    "workflow: listener\nowner: finance\ntriggers: { signal: day.done }\nsteps: { a: { run: echo } }\n",
};
const HOUR_MS = 3_600_000;
const FRESH = `workflow: fresh
steps:
  load: { run: echo, emit: { signal: table.loaded, params: { table: orders } } }
  check: { needs: [load], run: echo, if: "\${{ run.attempt == 2 }}" }
  late: { needs: [check], require: any_failed, run: echo }
`;

describe("an open pull request", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FILES);
  });
  after(() => world.stop());
  afterEach(() => assert.deepEqual(world.github.violations, []));

  it("is looked at again when its base moves, and told of only where that says something else", async () => {
    // The newest is looked at first: when the first one is told, the others were looked at.
    const [first, quiet, clashing] = [
      await propose(1, { "fresh.workflow.yaml": FRESH }),
      await propose(2, { "README.md": "x" }),
      await propose(7, { "daily.workflow.yaml": FRESH.replace("fresh", "daily") }),
    ];
    assert.deepEqual(
      [first, quiet, clashing].map(({ conclusion }) => conclusion),
      ["success", "success", "success"],
    );
    const moved = { ...FILES, "daily.workflow.yaml": `${FILES["daily.workflow.yaml"] ?? ""}# mine\n` };
    await world.push({ ...moved, "other.workflow.yaml": FRESH });
    const again = await latest(first.head, 2);
    assert.equal(again.conclusion, "failure");
    assert.match(again.title, /^\d+ errors?/);
    assert.equal((await latest(clashing.head, 2)).title, "conflicts with main");
    await world.push(moved);
    assert.equal((await latest(first.head, 3)).conclusion, "success");
    assert.deepEqual(
      [quiet, clashing].map(({ head }) => checksOf(head).length),
      [1, 2],
    );
    await until("its comment says so", () =>
      world.github.comments.some(({ issue, body }) => issue === 7 && body.includes("cannot be merged")),
    );
    await world.github.close(7);
    await world.push(FILES);
  });

  it("is told which others want the same", async () => {
    const same = await propose(3, { "also.workflow.yaml": FRESH });
    assert.match(same.summary, /#### Others want the same\n\n- `#1` adds `flows\/fresh` as well/);
    const writer = FRESH.replace("fresh", "writer");
    const other = await propose(4, { "writer.workflow.yaml": writer });
    assert.match(
      other.summary,
      /- `#1` emits `table\.loaded \{"table":"orders"\}` as well, as `writer` here does/,
    );
    await world.github.close(1);
    await world.github.close(3);
    const alone = await propose(5, {
      "fresh.workflow.yaml": FRESH,
      "twice.workflow.yaml": writer.replace("writer", "twice"),
    });
    assert.match(
      alone.summary,
      /- `twice` emits `table\.loaded \{"table":"orders"\}` as well, as `fresh` here does/,
    );
    assert.doesNotMatch(alone.summary, /`#[13]`/);
  });

  it("is told what other repositories have deployed, but not where anybody may read it", async () => {
    const { installation, cloneUrl } = world.github;
    const flows: FakeRepository = { id: 11, owner: "acme", name: "flows", cloneUrl, archived: false };
    const otherUrl = cloneUrl.replace("flows", "other");
    installation.repositories.push(flows, { ...flows, id: 12, name: "other", cloneUrl: otherUrl });
    await look("acme/other");
    await follow("other", {
      "headwater.yaml": "project: other\n",
      "far.workflow.yaml": FRESH.replace("fresh", "far").replace("orders", "far"),
    });
    const files = { "near.workflow.yaml": FRESH.replace("fresh", "near").replace("orders", "far") };
    const [near, fork, taking] = [
      await propose(8, files),
      await propose(9, { ...files, "README.md": "of a stranger" }, true),
      await propose(10, { "headwater.yaml": "project: other\n" }),
    ];
    const told = /- `other\/far` emits `table\.loaded \{"table":"far"\}` as well, as `near` here does/;
    assert.match(near.summary, told);
    assert.equal(near.conclusion, "success");
    assert.doesNotMatch(fork.summary, /other/);
    assert.equal(taking.conclusion, "failure");
    assert.match(taking.title, /^the project is of another repository/);
    assert.match(taking.summary, /- `other` has deployed the project `other`: a merge would be refused/);
    Object.assign(flows, { name: "open", visibility: "public" });
    await look("acme/open");
    const shown = await propose(11, { ...files, "README.md": "for everybody" });
    assert.doesNotMatch(shown.summary, /other/);
    const { summary } = await propose(12, { "headwater.yaml": "project: other\n", "README.md": "12" });
    assert.match(summary, /- another repository has deployed the project `other`/);
  });

  it("says how far its tests reach, and whom to ask", async () => {
    const { summary, conclusion } = await propose(6, {
      "fresh.workflow.yaml": FRESH.replace("table.loaded", "day.done"),
      "fresh.workflow.test.yaml": "workflow: fresh\ntests:\n  goes well: { expect: { run: succeeded } }\n",
    });
    assert.equal(conclusion, "success");
    assert.match(summary, /#### Tests: 1 passed, 0 failed\n\n- `fresh`: tests reach 3 of 3 steps\n/);
    assert.match(summary, /#### Whom to ask\n\n- `data` owns `fresh`\n- `finance` downstream: `listener`\n/);
  });

  /** At what the App is installed on. */
  async function look(name: string): Promise<void> {
    await world.github.deliver("installation", () => undefined);
    await until("it is known", async () => {
      const answer = await fetch(`${world.url}/api/v1/github/repositories`);
      return (await answer.text()).includes(name);
    });
  }

  async function propose(
    number: number,
    files: Readonly<Record<string, string>>,
    isFork = false,
  ): Promise<FakeCheck> {
    const head = await world.change(number, files);
    await world.github.propose(number, head, { isFork });
    return latest(head, 1);
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

  function checksOf(head: string): readonly FakeCheck[] {
    return world.github.checks.filter((check) => check.head === head && check.status === "completed");
  }

  async function latest(head: string, count: number): Promise<FakeCheck> {
    await until("the host has the check", () => checksOf(head).length >= count);
    return checksOf(head).at(-1)!;
  }
});

describe("an open pull request whose title is edited", () => {
  it("is held against main as it is, also when its other look waited just then", async () => {
    const host = await startGithub();
    const world = await createCrashWorld(host, headOf(200_000));
    try {
      const head = headOf(1);
      const first = new Life(Infinity);
      await world.begin(first);
      await host.propose(1, head);
      await until("all is told", () => isSettled(host, world));
      first.endAfter(1);
      await first.died;
      await world.move(headOf(200_001));
      const { waiting, release } = world.hold();
      await world.begin(new Life(Infinity));
      await until("its other look waits", () => waiting.length === 1);
      // With the same head that is what an edited title is.
      await host.propose(1, head);
      release();
      await until("it is held against main", () => isSettled(host, world));
      assert.deepEqual(host.violations(), []);
    } finally {
      await world.stop();
    }
  });
});

describe("an open pull request, when its host was away for longer than anybody tries", () => {
  it("is held against main as it is within an hour, in the same life", async () => {
    const clock = new ManualClock(Date.now());
    const github = await FakeGithub.start();
    const host = await startGithub(github);
    const world = await createCrashWorld(host, headOf(200_000), clock);
    try {
      const first = new Life(Infinity);
      await world.begin(first);
      await host.propose(1, headOf(1));
      await passing("all is told", () => isSettled(host, world));
      // In the same lane: what comes next in it begins when that is over.
      await host.comment(1, "/headwater help");
      await passing("what was told is done with", () =>
        host.comments().some(({ body }) => body.startsWith("<!-- headwater help -->")),
      );
      let isDead = false;
      void first.died.then(() => (isDead = true));
      // Of nothing that GitHub tells, which it would tell again.
      first.endAfter(1);
      await passing("it is killed", () => isDead);
      await world.move(headOf(200_001));
      github.refuseRead = () => ({ status: 503, body: {} });
      await world.begin(new Life(Infinity));
      const backAt = clock.now() + HOUR_MS;
      await passing("the host is away for an hour", () => clock.now() >= backAt);
      github.refuseRead = () => null;
      await passing("it is held against main", () => isSettled(host, world));
      assert.deepEqual(host.violations(), []);
    } finally {
      await world.stop();
    }

    function passing(what: string, isSo: () => boolean | undefined): Promise<unknown> {
      return until(what, () => {
        clock.advance(10_000);
        return isSo();
      });
    }
  });
});

describe("BaseWatcher", () => {
  const branch = { url: "https://git.example/acme/flows.git", branch: "main", headCommit: "new" };
  const row = { id: "repo_1", ...branch } as RepositoryRow;

  it("forgets what those that are not open have taken, not those that a list has left out", async () => {
    assert.deepEqual(await forgottenBy(true), [2]);
    assert.deepEqual(await forgottenBy(false), []);
  });

  it("tries again what failed for a moment, also where another one will never go well", async () => {
    const clock = new ManualClock(0);
    const seen: (number | null)[] = [];
    const watcher = new BaseWatcher({
      store: storeOf([1, 2], []),
      // The newest goes first, so that the one that is hopeless fails last.
      lists: { list: async () => listOf([2, 1]) },
      lookAgain: async ({ number }) => {
        seen.push(number);
        const kind = number === 1 ? "refused" : "unavailable";
        throw new HostFailure(kind, "not today");
      },
      ...common,
      clock,
    });
    watcher.start();
    await until("both were looked at twice", () => {
      clock.advance(1000);
      return seen.length >= 4;
    });
    await watcher.stop();
    assert.deepEqual(seen.slice(0, 4), [2, 1, 2, 1]);
  });

  /** Of 1, 2 and 3 a list has 3 alone, and 1 is open as well. */
  async function forgottenBy(isWhole: boolean): Promise<readonly number[]> {
    const forgotten: number[] = [];
    const seen: (number | null)[] = [];
    const watcher = new BaseWatcher({
      store: storeOf([1, 2], forgotten),
      lists: { list: async () => ({ ...listOf([3]), isWhole, isOpen: async (number) => number !== 2 }) },
      lookAgain: async ({ number }) => {
        seen.push(number);
        return null;
      },
      ...common,
    });
    watcher.start();
    await until("it has looked", () => seen.length > 0);
    await watcher.stop();
    return forgotten;
  }

  const common = {
    feed: createChangeFeed({ boot: "b", remembered: 10 }),
    isFork: false,
    clock: systemClock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };

  /** Those were held against what the branch was before. */
  function storeOf(changes: readonly number[], forgotten: number[]): BaseWatcherOptions["store"] {
    const old = { repositoryId: row.id, branch: "main", base: "old" };
    return {
      listRepositories: async () => [row],
      listClaims: async () => changes.map((change) => ({ ...old, change }) as ChangeClaims),
      removeClaims: async ({ change }) => void forgotten.push(change),
    };
  }

  function listOf(numbers: readonly number[]): OpenList {
    const changes = numbers.map((number) => ({ number, base: "main", isFork: false }) as OpenChange);
    return { changes, isWhole: true, isOpen: async (number) => numbers.includes(number) };
  }
});

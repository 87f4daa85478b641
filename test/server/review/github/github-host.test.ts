import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemIds } from "#server/ids.js";
import { GithubHost } from "#server/review/github/github-host.js";
import type { Recovered } from "#server/review/review-host.js";
import { Outbox, type OutboxOptions } from "#server/review/outbox.js";
import type { WantedCheck, WantedComment } from "#server/review/wanted-object.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { ManualClock } from "../../manual-clock.js";
import { scratchFolder } from "../../source/scratch-repository.js";
import { until } from "../../../until.js";
import { FakeGithub } from "../fake-github.js";

const HOUR_MS = 3_600_000;

describe("deliveries that GitHub could not hand over", () => {
  let github: FakeGithub;
  let clock: ManualClock;
  let host: GithubHost;
  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    github = await FakeGithub.start(() => clock.now());
    github.deliveries.isLossy = true;
    const { appId, privateKey, secret, url: apiUrl } = github;
    host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
  });
  afterEach(async () => {
    assert.deepEqual(github.violations, []);
    await github.stop();
  });

  it("are asked for a few times at once, and then as long as it takes", async () => {
    await github.deliver("push", () => undefined);
    for (const asked of [1, 1, 1, 1, 0, 0]) assert.deepEqual(await recover(), { asked, hasMore: false });
    clock.advance(HOUR_MS);
    assert.equal((await recover()).asked, 1);
    assert.equal(github.deliveries.attempts.length, 6);
  });

  it("are all asked for, also when GitHub will not send one of them again", async () => {
    await github.deliver("push", () => undefined);
    await github.deliver("push", () => undefined);
    const [poison, good] = github.deliveries.attempts.map(({ guid }) => guid);
    github.deliveries.refuseToSend = (guid) =>
      guid === poison ? { status: 422, body: { message: "no" } } : null;
    assert.equal((await recover()).asked, 1);
    assert.equal(github.deliveries.attempts.at(-1)?.guid, good);
    let refused = 0;
    github.deliveries.refuseToSend = () => {
      refused += 1;
      return { status: 422, body: { message: "no" } };
    };
    await recover();
    await recover();
    assert.equal(refused, 1);
  });

  it("are asked for fifty a minute, in the order in which they were told, as GitHub takes no more", async () => {
    for (let count = 0; count < 200; count += 1) await github.deliver("push", () => undefined);
    const told = github.deliveries.attempts.map(({ guid }) => guid);
    for (let round = 1; round <= 4; round += 1) {
      assert.deepEqual(await recover(), { asked: 50, hasMore: true });
      clock.advance(60_000);
    }
    const again = github.deliveries.attempts.slice(200).map(({ guid }) => guid);
    assert.deepEqual(again, told);
    assert.equal(github.limits.refusals, 0);
  });

  function recover(): Promise<Recovered> {
    const nothing = { isKnown: async () => new Set<string>(), urls: [], take: async () => undefined };
    return host.recoverDeliveries({ since: Date.now() - HOUR_MS, ...nothing });
  }
});

const PLACE = {
  account: "5",
  repositoryId: "11",
  owner: "acme",
  name: "flows",
  cloneUrl: "https://git.example/acme/flows.git",
};
const PULL = { head: "a".repeat(40), base: "main", state: "open", isMerged: false, isFork: false } as const;

describe("GitHub", () => {
  let github: FakeGithub;
  let clock: ManualClock;
  let host: GithubHost;
  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    github = await FakeGithub.start(() => clock.now());
    github.pulls.set(1, PULL);
    const { appId, privateKey, secret, url: apiUrl } = github;
    host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
  });
  afterEach(async () => {
    assert.deepEqual(github.violations, []);
    await github.stop();
  });

  it("is asked, and written to, under the former name of a repository", async () => {
    github.rename("streams");
    assert.equal((await host.findChange(PLACE, 1))?.head, PULL.head);
    const subject = { place: PLACE, head: PULL.head, ref: "refs/pull/1/head", base: "main", number: 1 };
    const check: WantedCheck = { kind: "check", subject, reviewId: "review_1", result: null };
    await host.write(check, { remoteId: null, mayExist: true, permit: async () => undefined });
    assert.deepEqual(
      github.checks.map(({ head, status }) => [head, status]),
      [[PULL.head, "in_progress"]],
    );
  });

  it("has one comment of a kind, also when nobody has kept which one it is", async () => {
    const write = (body: string, marker = "headwater plan") => {
      const comment: WantedComment = { kind: "comment", place: PLACE, number: 1, marker, body };
      return host.write(comment, { remoteId: null, mayExist: true, permit: async () => undefined });
    };
    const first = await write("one");
    assert.equal(await write("two"), first);
    await write("three", "headwater help");
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      ["<!-- headwater plan -->\ntwo", "<!-- headwater help -->\nthree"],
    );
  });

  it("keeps a stranger's comment that begins as ours do, and writes its own", async () => {
    const theirs = github.conversation.add(1, "<!-- headwater plan -->\nAll is well", "mallory");
    const comment: WantedComment = {
      kind: "comment",
      place: PLACE,
      number: 1,
      marker: "headwater plan",
      body: "one",
    };
    await host.write(comment, { remoteId: null, mayExist: true, permit: async () => undefined });
    assert.equal(theirs.body, "<!-- headwater plan -->\nAll is well");
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      ["<!-- headwater plan -->\none"],
    );
  });

  it("has its check found among more than a hundred, and none of another App is touched", async () => {
    const subject = { place: PLACE, head: PULL.head, ref: "refs/pull/1/head", base: "main", number: 1 };
    const write = (reviewId: string, isDone: boolean) => {
      const result = { conclusion: "success", title: "good", summary: "", findings: [] } as const;
      const check: WantedCheck = { kind: "check", subject, reviewId, result: isDone ? result : null };
      return host.write(check, { remoteId: null, mayExist: true, permit: async () => undefined });
    };
    const first = await write("review_0", false);
    const [oldest] = github.checks;
    github.checksOfOthers.push({ ...oldest!, id: 1, externalId: "review_0", status: "in_progress" });
    // Others of the same commit, which are newer.
    for (let more = 1; more <= 100; more += 1)
      github.checks.push({
        ...oldest!,
        id: 10_000 + more,
        externalId: `review_${more}`,
        status: "completed",
      });
    assert.equal(await write("review_0", true), first);
    assert.equal(github.checks.length, 101);
    assert.deepEqual([oldest?.status, oldest?.conclusion], ["completed", "success"]);
    assert.equal(github.checksOfOthers[0]?.status, "in_progress");
  });

  it("has a check of 200 KB cut to what fits, with its link", async () => {
    const subject = { place: PLACE, head: PULL.head, ref: "refs/pull/1/head", base: "main", number: 1 };
    const summary = "```\n" + "a line with ü and 🌊 in it\n".repeat(6000);
    assert.ok(Buffer.byteLength(summary) > 180_000);
    const page = "https://headwater.example/reviews/github/11/a";
    const result = { conclusion: "success", title: "much", summary, findings: [] } as const;
    const check: WantedCheck = { kind: "check", subject, reviewId: "review_1", page, result };
    await host.write(check, { remoteId: null, mayExist: true, permit: async () => undefined });
    const told = github.checks[0]?.summary ?? "";
    assert.ok(Buffer.byteLength(told) <= 65_535);
    assert.ok(Buffer.byteLength(told) > 65_000);
    assert.doesNotMatch(told, /\uFFFD/);
    assert.match(told, /\n```\n\n… there was no room for the rest: .*https:\/\/headwater\.example\/reviews/);
  });

  it("gives tokens that expire, and another one then", async () => {
    await host.findChange(PLACE, 1);
    clock.advance(HOUR_MS);
    await assert.rejects(host.findChange(PLACE, 1), { kind: "unavailable" });
    assert.equal((await host.findChange(PLACE, 1))?.number, 1);
    assert.equal(github.tokens.made, 2);
  }).timeout(30_000);

  it("is left alone by reads as well while it says so, in that installation", async () => {
    github.install(6, "beta");
    await host.findChange(PLACE, 1);
    github.limits.requestsPerHour = 1;
    await assert.rejects(host.findChange(PLACE, 1), { kind: "limited" });
    for (const _again of [1, 2]) await assert.rejects(host.findChange(PLACE, 1), { kind: "limited" });
    assert.equal(github.limits.refusals, 1);
    assert.equal((await host.findChange({ ...PLACE, account: "6" }, 1))?.number, 1);
  });
});

describe("GitHub, which takes so many writes", () => {
  it("refuses none of an outbox that knows how many", async () => {
    await writeAll(120, { writesPerMinute: 50, writesPerHour: 450 }, ({ limits }) => {
      assert.deepEqual([limits.refusals, limits.impatience], [0, 0]);
    });
  }).timeout(60_000);

  it("refuses those that were too many, which are written in the end, once each", async () => {
    await writeAll(120, { writesPerMinute: 1000 }, ({ limits }) => {
      assert.ok(limits.refusals > 0);
      assert.equal(limits.impatience, 0);
    });
  }).timeout(60_000);

  /** A comment on each of so many pull requests; time goes on as fast as they do. */
  async function writeAll(
    count: number,
    limits: Pick<OutboxOptions, "writesPerMinute" | "writesPerHour">,
    check: (github: FakeGithub) => void,
  ): Promise<void> {
    const scratch = await scratchFolder();
    const clock = new ManualClock(Date.now());
    const github = await FakeGithub.start(() => clock.now());
    const { appId, privateKey, secret, url: apiUrl } = github;
    const host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock });
    await store.start();
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const outbox = new Outbox({ store, host, hostName: "github", clock, ids: systemIds, log, ...limits });
    for (let number = 1; number <= count; number += 1) {
      const wanted: WantedComment = {
        kind: "comment",
        place: PLACE,
        number,
        marker: "headwater plan",
        body: "x",
      };
      await outbox.wish({ key: `comment ${number}`, account: "5", rank: 3, wanted });
    }
    await until(
      "all are written",
      async () => {
        // While something is written no time goes by.
        if (clock.pending > 0) clock.advance(1000);
        return (await store.listWaitingHostObjects("github", 1)).length === 0;
      },
      50_000,
    );
    await outbox.stop();
    assert.deepEqual(github.violations, []);
    assert.deepEqual(
      github.comments.map(({ issue }) => issue).toSorted((a, b) => a - b),
      Array.from({ length: count }, (_, index) => index + 1),
    );
    check(github);
    await store.stop();
    await github.stop();
    await scratch.remove();
  }
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { GithubHost } from "#server/review/github/github-host.js";
import { OpenLists } from "#server/review/open-lists.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { FakeGithub } from "./fake-github.js";

const URL = "http://127.0.0.1/acme/flows.git";
const PULL = { head: "a".repeat(40), base: "main", state: "open", isMerged: false, isFork: false } as const;

describe("OpenLists", () => {
  it("asks once for all who ask within a moment, and again for whoever asks while that is answered", async () => {
    const clock = new ManualClock(Date.now());
    const github = await FakeGithub.start(() => clock.now());
    const { appId, privateKey, secret, url: apiUrl } = github;
    const host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
    const lists = new OpenLists({ host, clock });
    github.pulls.set(1, PULL);
    const numbersOf = async (list: ReturnType<OpenLists["list"]>): Promise<readonly number[]> =>
      ((await list) ?? []).map(({ number }) => number);
    const late: Promise<readonly number[]>[] = [];
    github.refuseRead = (what) => {
      if (what.endsWith("/pulls") && late.length === 0) late.push(numbersOf(lists.list(URL)));
      return null;
    };
    const both = Promise.all([numbersOf(lists.list(URL)), numbersOf(lists.list(`${URL}/`))]);
    clock.advance(1000);
    assert.deepEqual(await both, [[1], [1]]);
    assert.equal(github.pullsListed, 1);
    github.pulls.set(2, PULL);
    await until("it waits for others", () => clock.pending > 0);
    clock.advance(1000);
    assert.deepEqual(await Promise.all(late), [[2, 1]]);
    assert.equal(github.pullsListed, 2);
    const elsewhere = lists.list("https://git.example/acme/flows.git");
    clock.advance(1000);
    assert.deepEqual([await elsewhere, github.violations], [null, []]);
    await github.stop();
  });
});

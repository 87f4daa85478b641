import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { systemClock } from "#server/clock.js";
import { GithubHost } from "#server/review/github/github-host.js";
import { OpenLists } from "#server/review/open-lists.js";
import { until } from "../../until.js";
import { ManualClock } from "../manual-clock.js";
import { FakeGithub } from "./fake-github.js";

const URL = "http://127.0.0.1/acme/flows.git";
const PULL = { head: "a".repeat(40), base: "main", state: "open", isMerged: false, isFork: false } as const;

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("OpenLists", () => {
  it("asks once for all who ask within a moment, and again for whoever asks while that is answered", async () => {
    const clock = new ManualClock(Date.now());
    const github = await FakeGithub.start(() => clock.now());
    const { appId, privateKey, secret, url: apiUrl } = github;
    const host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
    const lists = new OpenLists({ host, clock, log: SILENT });
    github.pulls.set(1, PULL);
    const numbersOf = async (list: ReturnType<OpenLists["list"]>): Promise<readonly number[]> =>
      ((await list)?.changes ?? []).map(({ number }) => number);
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

  it("asks for what a page that has moved has left out, and says where more are open than are listed", async () => {
    const github = await FakeGithub.start();
    github.limits.lift();
    const { appId, privateKey, secret, url: apiUrl } = github;
    const host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, systemClock);
    const warned: string[] = [];
    const log = { ...SILENT, warn: (message: string) => void warned.push(message) };
    const lists = new OpenLists({ host, clock: systemClock, log });
    for (let number = 1; number <= 150; number += 1) github.pulls.set(number, PULL);
    github.refuseRead = (what) => {
      // Between both pages, so that the first one of the second is on the first then.
      if (what.endsWith("/pulls") && github.pullsListed === 1)
        github.pulls.set(150, { ...PULL, state: "closed" });
      return null;
    };
    const moved = await lists.list(URL);
    assert.deepEqual([moved?.changes.length, moved?.isWhole], [149, true]);
    assert.equal(
      moved?.changes.some(({ number }) => number === 50),
      false,
    );
    github.pulls.set(151, { ...PULL, state: "closed" });
    const numbers = [50, 151, 152];
    assert.deepEqual(await Promise.all(numbers.map((number) => moved?.isOpen(number))), [true, false, false]);
    assert.deepEqual(warned, []);

    for (let number = 151; number <= 2001; number += 1) github.pulls.set(number, PULL);
    const cut = await lists.list(URL);
    assert.deepEqual([cut?.changes.length, cut?.isWhole, await cut?.isOpen(1)], [2000, false, true]);
    assert.deepEqual([warned, github.violations], [["More are open than are listed"], []]);
    await github.stop();
  });
});

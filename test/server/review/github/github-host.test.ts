import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { GithubHost } from "#server/review/github/github-host.js";
import { ManualClock } from "../../manual-clock.js";
import { FakeGithub } from "../fake-github.js";

const HOUR_MS = 3_600_000;

describe("deliveries that GitHub could not hand over", () => {
  let github: FakeGithub;
  let clock: ManualClock;
  let host: GithubHost;
  beforeEach(async () => {
    github = await FakeGithub.start();
    github.deliveries.isLossy = true;
    clock = new ManualClock(Date.now());
    const { appId, privateKey, secret, url: apiUrl } = github;
    host = new GithubHost({ appId, privateKey, webhookSecrets: [secret], apiUrl }, clock);
  });
  afterEach(async () => {
    assert.deepEqual(github.violations, []);
    await github.stop();
  });

  it("are asked for a few times at once, and then as long as it takes", async () => {
    await github.deliver("push", () => undefined);
    for (const asked of [1, 1, 1, 1, 0, 0]) assert.equal(await recover(), asked);
    clock.advance(HOUR_MS);
    assert.equal(await recover(), 1);
    assert.equal(github.deliveries.attempts.length, 6);
  });

  it("are all asked for, also when GitHub will not send one of them again", async () => {
    await github.deliver("push", () => undefined);
    await github.deliver("push", () => undefined);
    const [poison, good] = github.deliveries.attempts.map(({ guid }) => guid);
    github.deliveries.refuseToSend = (guid) =>
      guid === poison ? { status: 422, body: { message: "no" } } : null;
    assert.equal(await recover(), 1);
    assert.equal(github.deliveries.attempts.at(-1)?.guid, good);
  });

  function recover(): Promise<number> {
    const nothing = { isKnown: async () => new Set<string>(), urls: [], take: async () => undefined };
    return host.recoverDeliveries({ since: Date.now() - HOUR_MS, ...nothing });
  }
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isGone } from "#server/review/review-host.js";
import { startGithub, startGitlab } from "./crash-host.js";

const GITHUB = {
  host: "GitHub",
  account: "5",
  repositoryId: "11",
  owner: "acme",
  name: "flows",
  start: startGithub,
};
const GITLAB = {
  host: "GitLab",
  account: "gitlab",
  repositoryId: "21",
  owner: "acme/data",
  name: "flows",
  start: startGitlab,
};

for (const { start, host: name, ...named } of [GITHUB, GITLAB])
  describe(`a ReviewHost, of ${name}`, () => {
    it("has no pull request where it shows none, and tells where it shows no repository", async () => {
      const fake = await start();
      const host = fake.connect();
      const place = { ...named, cloneUrl: fake.cloneUrl };
      assert.equal(await host.findChange(place, 404), null);
      const elsewhere = { ...place, name: "elsewhere", repositoryId: "404" };
      await assert.rejects(host.findChange(elsewhere, 404), isGone);
      assert.deepEqual(fake.violations(), []);
      await fake.stop();
    });
  });

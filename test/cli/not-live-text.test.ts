import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Repository } from "@headwater/api";
import { renderNotLive, renderRedirected, renderUnfollowed } from "#cli/not-live-text.js";
import { createStyle } from "#cli/style.js";

const REPOSITORY: Repository = {
  id: "repo_1",
  name: "rv",
  url: "/srv/rv",
  branch: "main",
  createdAt: 0,
  headCommit: null,
  checkedAt: null,
  cloning: true,
  problem: null,
  follows: "branch",
  declared: null,
  redirectedTo: null,
  unfollowed: [],
  notLive: null,
  pins: [],
};
const REFUSED = {
  commit: "61751fa5aaaaaaaa",
  status: "refused",
  project: "rv",
  liveCommit: "a0412c3caaaaaaaa",
} as const;

describe("renderNotLive()", () => {
  const cases: readonly (readonly [notLive: Repository["notLive"], line: string])[] = [
    [null, ""],
    [REFUSED, "rv: 61751fa5 was refused, a0412c3c is live: headwater deployments --project rv\n"],
    [
      { ...REFUSED, status: "held" },
      "rv: 61751fa5 was held, a0412c3c is live: headwater deployments --project rv\n",
    ],
    [
      { ...REFUSED, project: null, liveCommit: null },
      "rv: 61751fa5 was refused, nothing of it is live: headwater deployments\n",
    ],
  ];
  for (const [notLive, line] of cases) {
    it(`says ${JSON.stringify(line)}`, () =>
      assert.equal(renderNotLive([{ ...REPOSITORY, notLive }], createStyle(false)), line));
  }
});

describe("renderUnfollowed()", () => {
  const unfollowed = [{ environment: "staging", branch: "develop" }];
  it("says how to follow what is declared, where that is not done", () =>
    assert.equal(
      renderUnfollowed([{ ...REPOSITORY, unfollowed }]),
      "rv: staging (branch develop) is declared and not followed: headwater repo set rv --follow environments\n",
    ));
  it("says that there are too many, where that is done", () =>
    assert.equal(
      renderUnfollowed([{ ...REPOSITORY, follows: "environments", unfollowed }]),
      "rv: staging (branch develop) is declared and not followed: no more than 50 environments of a repository are beside its own\n",
    ));
});

describe("renderRedirected()", () => {
  it("says where a repository is by now, and how to follow it there", () => {
    assert.equal(renderRedirected([REPOSITORY]), "");
    assert.equal(
      renderRedirected([{ ...REPOSITORY, url: "https://h/a", redirectedTo: "https://h/b" }]),
      "rv: https://h/a leads to https://h/b by now: headwater repo set rv --to https://h/b\n",
    );
  });
});

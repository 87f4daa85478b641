import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Repository } from "@headwater/api";
import { renderNotLive } from "#cli/not-live-text.js";
import { createStyle } from "#cli/style.js";

const REPOSITORY: Repository = {
  id: "repo_1",
  name: "rv",
  url: "/srv/rv",
  branch: "main",
  createdAt: 0,
  headCommit: null,
  checkedAt: null,
  problem: null,
  follows: "branch",
  declared: null,
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

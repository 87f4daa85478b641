import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { Json } from "@headwater/workflow";
import { systemClock } from "#server/clock.js";
import { changeUrl } from "#server/review/change-url.js";
import { checkKey } from "#server/review/check-key.js";
import { tellsAll } from "#server/review/check-page.js";
import { findReview } from "#server/review/find-review.js";
import type { WantedCheck } from "#server/review/wanted-object.js";
import { WholeChecks } from "#server/review/whole-checks.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import { scratchFolder } from "../source/scratch-repository.js";

const NAME = { host: "github", repositoryId: "11", head: "a".repeat(40) };
const KEY = checkKey(NAME.host, NAME.repositoryId, NAME.head);
const PAGE = `https://headwater.example/reviews/github/11/${NAME.head}`;
const CHECK: WantedCheck = {
  kind: "check",
  subject: {
    place: { account: "1", repositoryId: "11", owner: "acme", name: "flows", cloneUrl: "" },
    head: NAME.head,
    ref: "refs/pull/7/head",
    base: "main",
    number: 7,
  },
  reviewId: "r",
  page: PAGE,
  result: {
    conclusion: "success",
    title: "much",
    summary: `much\n*There is more than fits here: ${tellsAll(PAGE)}.*`,
    findings: [],
  },
};

describe("changeUrl()", () => {
  it("leads to the change at its host, and nowhere where there is none that people can open", () => {
    const urlOf = (host: string, cloneUrl: string, number: number | null): string | null =>
      changeUrl(host, { place: { ...CHECK.subject.place, cloneUrl }, number });
    assert.deepEqual(
      [
        urlOf("github", "https://github.com/acme/flows.git", 7),
        urlOf("gitlab", "https://gitlab.example/data/team/flows.git", 7),
        urlOf("gitlab", "https://gitlab.example/data/team/flows.git", null),
        urlOf("github", "javascript:alert(1)//.git", 7),
      ],
      [
        "https://github.com/acme/flows/pull/7",
        "https://gitlab.example/data/team/flows/-/merge_requests/7",
        null,
        null,
      ],
    );
  });
});

describe("findReview()", () => {
  it("finds all that was said, and says so when that is not kept any more", async () => {
    const scratch = await scratchFolder();
    const store = createSqliteStore({ dataFolder: join(scratch.folder, "data"), clock: systemClock });
    await store.start();
    const summary = async (): Promise<string | undefined> =>
      (await findReview(NAME, store))?.parts[0]?.result.summary;
    try {
      const when = { dueAt: 0, rank: 1, isUnfinished: false, updatedAt: 1 };
      const wanted = CHECK as unknown as Json;
      await store.wishHostObjects({ ...when, key: KEY, host: "github", account: "1", wanted });
      const name = { key: KEY, number: 7, isTrusted: true, at: 1 };
      await new WholeChecks(store).keep(name, { summary: "much more", findings: [] });
      assert.equal(await summary(), "much more");
      await store.removeWholeCheck({ key: KEY, change: 7 });
      assert.equal(await summary(), "much\n*There is more than fits here: the rest is not kept any more.*");
    } finally {
      await store.stop();
      await scratch.remove();
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { SourceEvent } from "@headwater/api";
import { renderSourceEvent } from "#cli/source-event-text.js";
import { createStyle } from "#cli/style.js";

const EVENT: SourceEvent = {
  id: "event_1",
  repositoryId: "repo_1",
  repository: "flights",
  branch: null,
  kind: "unreachable",
  detail: "Cannot read it: the host does not answer",
  lostCommits: [],
  since: Date.UTC(2026, 10, 23, 6),
  until: Date.UTC(2026, 10, 23, 7, 30),
};
const BEGUN = "2026-11-23 06:00:00Z";

describe("renderSourceEvent()", () => {
  const cases: readonly (readonly [what: string, changes: Partial<SourceEvent>, text: string])[] = [
    [
      "when it began and was over",
      {},
      `${BEGUN}  unreachable  flights, until 2026-11-23 07:30:00Z: 1 h 30 min\n  ${EVENT.detail}\n`,
    ],
    [
      "that it goes on, of which branch",
      { kind: "branch-missing", branch: "main", until: null },
      `${BEGUN}  branch missing  flights, branch main, still\n  ${EVENT.detail}\n`,
    ],
    [
      "what has no length, of a repository that was removed",
      { kind: "commit-vanished", repository: null, until: EVENT.since },
      `${BEGUN}  commit vanished  repo_1\n  ${EVENT.detail}\n`,
    ],
    [
      "how many commits are lost, and the first of them",
      {
        kind: "mirror-damaged",
        until: EVENT.since,
        lostCommits: Array.from({ length: 12 }, (_none, n) => `${n}`.repeat(40).slice(0, 40)),
      },
      `${BEGUN}  mirror damaged  flights\n  ${EVENT.detail}\n  lost 12 commits: ` +
        `${Array.from({ length: 10 }, (_none, n) => `${n}`.repeat(12)).join(", ")} and 2 more\n`,
    ],
  ];
  for (const [what, changes, text] of cases)
    it(`tells ${what}`, () =>
      assert.equal(renderSourceEvent({ ...EVENT, ...changes }, createStyle(false)), text));
});

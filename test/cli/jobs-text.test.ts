import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { JobCounts } from "@headwater/api";
import { jobsText, progressText } from "#cli/jobs-text.js";

describe("jobs in words", () => {
  const table: readonly (readonly [JobCounts, string, string])[] = [
    [{}, "", ""],
    [{ succeeded: 1 }, "1 of 1 job done: 1 succeeded", "1/1"],
    [{ waiting: 2 }, "0 of 2 jobs done: 2 waiting", "0/2"],
    [
      { waiting_for_signal: 1, running: 3, upstream_failed: 2, succeeded: 10 },
      "12 of 16 jobs done: 10 succeeded, 2 upstream failed; 3 running, 1 waiting for signal",
      "12/16",
    ],
  ];
  for (const [jobs, words, short] of table) {
    it(`are "${words}" for ${JSON.stringify(jobs)}`, () => {
      assert.deepEqual([jobsText(jobs), progressText(jobs)], [words, short]);
    });
  }
});

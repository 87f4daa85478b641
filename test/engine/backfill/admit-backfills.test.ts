import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { admitWithBackfills, reasonWithBackfills } from "@headwater/engine";
import type { RunRef, SharedQueue } from "@headwater/engine";
import type { RunStrategy } from "@headwater/workflow";

/** `live` and `backfill`: those that go, a bar, those that wait. */
interface Case {
  readonly rule: RunStrategy["rule"];
  readonly limit?: number;
  readonly live: string;
  readonly backfill: string;
  readonly start: string;
  readonly supersede?: string;
  readonly failed?: boolean;
}

const CASES: readonly Case[] = [
  { rule: "sequential", live: "|", backfill: "|1 2", start: "1" },
  { rule: "sequential", live: "|9", backfill: "|1 2", start: "9" },
  { rule: "sequential", live: "9|", backfill: "|1 2", start: "" },
  { rule: "sequential", live: "|9", backfill: "1|2", start: "" },
  { rule: "parallel", limit: 3, live: "9|", backfill: "1|2 3", start: "2" },
  { rule: "parallel", limit: 3, live: "7|8 9", backfill: "1|2 3", start: "8" },
  { rule: "parallel", limit: 2, live: "|9", backfill: "1 2|3", start: "" },
  { rule: "first_only", live: "|8 9", backfill: "1|2", start: "" },
  { rule: "first_only", live: "|8 9", backfill: "|2", start: "8", supersede: "9" },
  { rule: "last_only", live: "|9", backfill: "1|2", start: "" },
  { rule: "last_only", live: "|8 9", backfill: "|2", start: "9", supersede: "8" },
  { rule: "serial_latest_only", live: "|8 9", backfill: "1|", start: "" },
  { rule: "strict_sequential", live: "|", backfill: "|1", start: "1" },
  { rule: "strict_sequential", live: "|", backfill: "|1", start: "", failed: true },
];

describe("admitWithBackfills()", () => {
  for (const one of CASES) {
    const { rule, limit = 1, live, backfill, start, supersede = "", failed = false } = one;
    const title = `${rule} ${limit}, live ${live}, backfill ${backfill}${failed ? ", the latest failed" : ""}`;
    it(`starts ${start || "none"} and supersedes ${supersede || "none"}: ${title}`, () => {
      const admission = admitWithBackfills({ rule, limit }, queue(live, backfill, failed));
      assert.deepEqual(admission.start.join(" "), start);
      assert.deepEqual(admission.supersede.map(({ id }) => id).join(" "), supersede);
      assert.deepEqual(admission.cancel, []);
    });
  }
});

describe("reasonWithBackfills()", () => {
  const SEQUENTIAL: RunStrategy = { rule: "sequential", limit: 1 };
  it("tells a run that a backfill holds up for which it waits, and that no other comes before it", () => {
    assert.equal(
      reasonWithBackfills(SEQUENTIAL, queue("|9", "1|2", false), "9"),
      "waits for run 1 of a backfill, which is running; this workflow runs one at a time, and no other run of the backfill begins before this one",
    );
  });

  it("tells a run of a backfill that it comes after the others", () => {
    const words = "this workflow is sequential, and runs of backfills come after all others";
    assert.equal(
      reasonWithBackfills(SEQUENTIAL, queue("9|", "|1", false), "1"),
      `waits for run 9 first: ${words}`,
    );
    assert.equal(
      reasonWithBackfills(SEQUENTIAL, queue("|", "1|2", false), "2"),
      `waits for run 1 of a backfill, which is running: ${words}`,
    );
  });
});

function queue(live: string, backfill: string, failed: boolean): SharedQueue {
  return { ...runsIn(live), lastEnded: failed ? "failed" : null, backfills: runsIn(backfill) };
}

function runsIn(text: string): { readonly active: readonly RunRef[]; readonly queued: readonly RunRef[] } {
  const [active = [], queued = []] = text.split("|").map((part) =>
    part
      .split(" ")
      .filter((id) => id !== "")
      .map((id) => ({ id, number: Number(id) })),
  );
  return { active, queued };
}

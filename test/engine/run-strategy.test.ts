import assert from "node:assert/strict";
import { admit, queueReason } from "@headwater/engine";
import type { RunStatus } from "@headwater/engine";
import type { RunStrategy } from "@headwater/workflow";
import { describe, it } from "mocha";

interface Row {
  readonly rule: RunStrategy["rule"];
  /** Numbers of runs, oldest first. */
  readonly active: readonly number[];
  readonly queued: readonly number[];
  readonly lastEnded?: RunStatus;
  readonly limit?: number;
  readonly start?: readonly number[];
  readonly supersede?: readonly number[];
  readonly cancel?: readonly number[];
}

const TABLE: readonly Row[] = [
  { rule: "sequential", active: [], queued: [1, 2], start: [1] },
  { rule: "sequential", active: [1], queued: [2] },
  { rule: "sequential", active: [], queued: [2], lastEnded: "failed", start: [2] },
  { rule: "strict_sequential", active: [], queued: [2], lastEnded: "failed" },
  { rule: "strict_sequential", active: [], queued: [2], lastEnded: "canceled", start: [2] },
  { rule: "strict_sequential", active: [], queued: [2], start: [2] },
  { rule: "parallel", limit: 3, active: [1], queued: [2, 3, 4], start: [2, 3] },
  { rule: "parallel", limit: 1, active: [1, 2], queued: [3] },
  { rule: "first_only", active: [], queued: [1, 2, 3], start: [1], supersede: [2, 3] },
  { rule: "first_only", active: [1], queued: [2], supersede: [2] },
  { rule: "first_only", active: [], queued: [] },
  { rule: "last_only", active: [], queued: [1, 2], start: [2], supersede: [1] },
  { rule: "last_only", active: [1], queued: [2, 3], supersede: [2], cancel: [1] },
  { rule: "last_only", active: [1], queued: [] },
  { rule: "serial_latest_only", active: [1], queued: [2, 3], supersede: [2] },
  { rule: "serial_latest_only", active: [], queued: [2, 3], start: [3], supersede: [2] },
];

describe("admit()", () => {
  for (const row of TABLE) {
    const ended = row.lastEnded === undefined ? "" : ` after one ${row.lastEnded}`;
    it(`${row.rule} with [${row.active.join(", ")}] going and [${row.queued.join(", ")}] waiting${ended}`, () => {
      const { start, supersede, cancel } = admit(
        { rule: row.rule, limit: row.limit ?? 1 },
        { active: row.active.map(refTo), queued: row.queued.map(refTo), lastEnded: row.lastEnded ?? null },
      );
      assert.deepEqual(start, (row.start ?? []).map(String));
      assert.deepEqual(
        supersede.map(({ id }) => id),
        (row.supersede ?? []).map(String),
      );
      assert.deepEqual(
        cancel.map(({ id }) => id),
        (row.cancel ?? []).map(String),
      );
    });
  }

  it("says who displaced a run, and why", () => {
    const { cancel } = admit({ rule: "last_only", limit: 1 }, { active: [refTo(1)], queued: [refTo(2)] });
    assert.deepEqual(cancel, [{ id: "1", reason: "superseded by run 2, which is newer", by: "2" }]);
  });
});

describe("queueReason()", () => {
  const reason = (
    rule: RunStrategy["rule"],
    queue: readonly (readonly number[])[],
    limit = 1,
  ): string | null => {
    const [active = [], queued = []] = queue.map((numbers) => numbers.map(refTo));
    const last = queued.at(-1)?.id ?? "none";
    return queueReason({ rule, limit }, { active, queued, lastEnded: "failed" }, last);
  };
  const rows: readonly (readonly [got: string | null, expected: string | null])[] = [
    [
      reason("sequential", [[12], [13]]),
      "waits for run 12, which is running; this workflow runs one at a time",
    ],
    [
      reason("sequential", [[12], [13, 14]]),
      "waits for run 12, which is running, and 1 run queued before it; this workflow runs one at a time",
    ],
    [
      reason(
        "parallel",
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        3,
      ),
      "waits for one of 3 running runs, and 2 runs queued before it; this workflow runs 3 at a time",
    ],
    [reason("parallel", [[1], [2]]), "waits for run 1, which is running; this workflow runs one at a time"],
    [reason("last_only", [[1], [2]]), "waits for run 1 to stop, which it supersedes"],
    [
      reason("serial_latest_only", [[1], [2]]),
      "waits for run 1, which is running; of this workflow only the newest run waits",
    ],
    [
      reason("strict_sequential", [[], [2]]),
      "waits because the run before it failed; this workflow goes on only after success",
    ],
    [reason("sequential", [[], [2]]), null],
    [reason("sequential", [[1], []]), null],
  ];
  for (const [got, expected] of rows)
    it(`says ${expected ?? "nothing of a run that does not wait"}`, () => assert.equal(got, expected));
});

function refTo(number: number): { readonly id: string; readonly number: number } {
  return { id: String(number), number };
}

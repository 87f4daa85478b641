import assert from "node:assert/strict";
import { it } from "mocha";
import { readChoices } from "@headwater/engine";
import type { WrittenChoices } from "@headwater/engine";

const READ: readonly (readonly [WrittenChoices, unknown])[] = [
  [
    ["a", 2, null],
    ["a", 2, null],
  ],
  [{ from: 1, to: 10, step: 4 }, [1, 5, 9]],
  [{ from: "2024-02-28", to: "2024-03-01" }, ["2024-02-28", "2024-02-29", "2024-03-01"]],
  [{ from: "2026-01-01", to: "2026-01-20", step: 7 }, ["2026-01-01", "2026-01-08", "2026-01-15"]],
];

const REFUSED: readonly (readonly [WrittenChoices, RegExp])[] = [
  [[], /^has no values$/],
  [{ from: 3, to: 1 }, /^has no values$/],
  [{ from: 1, to: "2026-01-01" }, /^must be a range from a date to a date/],
  [{ from: "2026-02-30", to: "2026-03-01" }, /^must be a range/],
  [{ from: 1, to: 3, step: 0 }, /^must be a range/],
  [{ from: 0.5, to: 3 }, /^must be a range/],
  [{ from: 1, to: 1e15 }, /^has 10001 values, at most 10000 are allowed$/],
];

for (const [written, values] of READ) {
  it(`readChoices() reads ${JSON.stringify(written)}`, () => {
    assert.deepEqual(readChoices(written), { ok: true, values });
  });
}

for (const [written, message] of REFUSED) {
  it(`readChoices() refuses ${JSON.stringify(written)}`, () => {
    const read = readChoices(written);
    assert.match(read.ok ? "" : read.message, message);
  });
}

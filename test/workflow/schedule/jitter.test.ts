import assert from "node:assert/strict";
import { test } from "mocha";
import { jitterFor } from "@headwater/workflow";

test("jitterFor() gives one schedule always the same delay and spreads many evenly", () => {
  assert.equal(jitterFor("growth/daily-revenue/0", 300_000), jitterFor("growth/daily-revenue/0", 300_000));
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) {
    const delay = jitterFor(`growth/workflow-${index}/0`, 300_000);
    assert.ok(Number.isInteger(delay) && delay >= 0 && delay < 300_000);
    const tenth = Math.floor(delay / 30_000);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  assert.ok(
    tenths.every((count) => count > 850 && count < 1150),
    String(tenths),
  );
});

test("jitterFor() is nothing without a jitter", () => {
  assert.equal(jitterFor("a", 0), 0);
  assert.equal(jitterFor("a", -5), 0);
  assert.equal(jitterFor("a", Number.NaN), 0);
});

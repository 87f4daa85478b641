import assert from "node:assert/strict";
import { tellHealth } from "#server/tell-health.js";

describe("tellHealth()", () => {
  it("says once that writes wait and why, and once that they go on", () => {
    const said: string[] = [];
    const tell = tellHealth({ warn: (text) => said.push(text) });
    const full = { status: "waiting", since: 1, reason: "the disk is full" } as const;
    for (const health of [{ status: "ok" } as const, full, full, { status: "ok" } as const]) tell(health);
    assert.deepEqual(said, [
      "Cannot write now: the disk is full. What was decided is kept, and written as soon as it can be",
      "Writes go on, nothing was lost",
    ]);
  });
});

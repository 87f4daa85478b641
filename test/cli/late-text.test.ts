import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { dueText } from "#cli/late-text.js";

const EIGHT = Date.UTC(2026, 2, 2, 8);

describe("dueText()", () => {
  it("says by when a run should end, and of one that is late how late it was", () => {
    assert.deepEqual(
      [
        dueText({ dueAt: null, lateAt: null, endedAt: null }),
        dueText({ dueAt: EIGHT, lateAt: null, endedAt: null }),
        dueText({ dueAt: EIGHT, lateAt: EIGHT, endedAt: null }),
        dueText({ dueAt: EIGHT, lateAt: EIGHT, endedAt: EIGHT + 90_000 }),
      ],
      [
        "",
        "due 2026-03-02 08:00:00Z",
        "late: was due 2026-03-02 08:00:00Z, and has not ended",
        "late: was due 2026-03-02 08:00:00Z, ended 1 min 30 s later",
      ],
    );
  });
});

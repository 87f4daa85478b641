import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readChoices, readParam } from "#language-server/service/features/read-words.js";

/** Digits of which a number keeps only the first. */
const LONG = "12345678901234567890";

describe("what somebody types into a form of the editor", () => {
  it("is refused where a number would be recorded as another one", () => {
    for (const [type, text] of [
      ["json", `{ "id": ${LONG} }`],
      ["json", "[1e400]"],
      ["list<double>", `1, ${LONG}`],
    ] as const)
      assert.match(JSON.stringify(readParam({ type, text })), /is beyond/, text);
    for (const text of [LONG, `1,${LONG}`, `1..${LONG}`, "1e400"])
      assert.match(JSON.stringify(readChoices({ type: "int", text })), /is beyond/, text);
  });

  it("may be a text that looks like one", () => {
    assert.deepEqual(readParam({ type: "list<string>", text: `${LONG}, b` }), {
      ok: true,
      value: [LONG, "b"],
    });
    assert.deepEqual(readParam({ type: "json", text: `"${LONG}"` }), { ok: true, value: LONG });
    assert.deepEqual(readChoices({ type: "string", text: `${LONG},b` }), { ok: true, value: [LONG, "b"] });
    const words = `no ${LONG}`;
    assert.deepEqual(readChoices({ type: "int", text: words }), { ok: true, value: [words] });
  });

  it("gives many values by a list, or by both ends", () => {
    assert.deepEqual(readChoices({ type: "int", text: "1, 2,true" }), { ok: true, value: [1, 2, true] });
    assert.deepEqual(readChoices({ type: "int", text: "-3..10" }), { ok: true, value: { from: -3, to: 10 } });
    assert.deepEqual(readChoices({ type: "date", text: "2026-01-01..2026-01-31" }), {
      ok: true,
      value: { from: "2026-01-01", to: "2026-01-31" },
    });
  });
});

import assert from "node:assert/strict";
import { it } from "mocha";
import { explainDiskFailure } from "#server/disk-failure.js";

const SAID: readonly (readonly [code: string, reason: RegExp | null])[] = [
  ["ENOSPC", /^the disk that holds "\/data" is full: free some space$/],
  ["SQLITE_FULL", /^the disk that holds "\/data" is full: free some space$/],
  ["EDQUOT", /quota.*"\/data"/],
  ["EROFS", /"\/data" is mounted read-only: .*system log/],
  ["ENOENT", null],
];

for (const [code, reason] of SAID) {
  it(`explainDiskFailure() ${reason === null ? "leaves alone" : "explains"} ${code}`, () => {
    const words = explainDiskFailure(Object.assign(new RangeError(code), { code }), "/data");
    if (reason === null) assert.equal(words, null);
    else assert.match(words ?? "", reason);
  });
}

it("explainDiskFailure() leaves alone what has no code", () => {
  assert.equal(explainDiskFailure(new RangeError("ENOSPC"), "/data"), null);
  assert.equal(explainDiskFailure("ENOSPC", "/data"), null);
});

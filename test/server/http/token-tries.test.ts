import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ServiceError } from "#server/errors.js";
import { TokenTries } from "#server/http/token-tries.js";

const MINUTE = 60_000;

describe("TokenTries", () => {
  it("refuse a source after ten wrong tokens, until the oldest of them is ten minutes old", () => {
    const tries = tenTries();
    for (let minute = 0; minute < 10; minute += 1) {
      tries.check("10.0.0.1", minute * MINUTE);
      tries.fail("10.0.0.1", minute * MINUTE);
    }
    assert.throws(
      () => tries.check("10.0.0.1", 9.5 * MINUTE),
      (error) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.code, "too-many-tries");
        assert.match(error.message, /10 wrong tokens came from 10\.0\.0\.1 within 10m\. Try again in 30s$/);
        assert.deepEqual(error.data, { retryAfterSeconds: "30" });
        return true;
      },
    );
    tries.check("10.0.0.1", 10 * MINUTE);
    tries.fail("10.0.0.1", 10 * MINUTE);
    assert.throws(() => tries.check("10.0.0.1", 10 * MINUTE));
  });

  const sources: readonly (readonly [one: string, other: string, isOne: boolean])[] = [
    ["10.0.0.1", "10.0.0.2", false],
    ["10.0.0.1", "::ffff:10.0.0.1", true],
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["2001:db8::1", "2001:db8:0:0:9::1", true],
    ["fe80::1%eth0", "fe80::2", true],
    ["::1", "127.0.0.1", false],
  ];
  for (const [one, other, isOne] of sources) {
    it(`count ${one} and ${other} ${isOne ? "together" : "apart"}`, () => {
      const tries = tenTries();
      for (let time = 0; time < 10; time += 1) tries.fail(one, 0);
      if (isOne) assert.throws(() => tries.check(other, 0));
      else tries.check(other, 0);
    });
  }

  it("forget the wrong tokens of a source that has the right one, and the oldest of very many sources", () => {
    const tries = tenTries();
    for (let time = 0; time < 10; time += 1) tries.fail("10.0.0.1", 0);
    tries.succeed("10.0.0.1");
    tries.check("10.0.0.1", 0);
    for (let time = 0; time < 10; time += 1) tries.fail("10.0.0.1", 0);
    for (let source = 0; source < 10_000; source += 1) tries.fail(`source-${source}`, 0);
    tries.check("10.0.0.1", 0);
  });
});

function tenTries(): TokenTries {
  return new TokenTries({ most: 10, action: "sign in" });
}

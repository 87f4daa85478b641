import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  findInexactNumber,
  inexactNumberProblem,
  parseExactly,
  replaceInexactNumbers,
} from "@headwater/workflow";

describe("findInexactNumber()", () => {
  const table: readonly (readonly [json: string, found: string | null])[] = [
    ['{"big":12345678901234567890}', "12345678901234567890"],
    ['{"a":[1,{"b":-9007199254740993}]}', "-9007199254740993"],
    ["9007199254740993", "9007199254740993"],
    ["[1e400,-1E+999]", "1e400"],
    ["9".repeat(400), "9".repeat(400)],
    // Those that come back as they were written, as another program of the same numbers writes them.
    ["[9007199254740991,9007199254740992,100000000000000000,12345678901234567000]", null],
    // Who writes a point or an exponent asks for a double.
    ["[1e300,0.1,0.12345678901234567890,12345678901234567890.0,1.2345678901234567890e19,1e-999]", null],
    // Texts, and keys, with all that may stand in one.
    ['{"12345678901234567890":"12345678901234567890"}', null],
    ['["\\\\","\\"12345678901234567890","\\\\\\"",12345678901234567891]', "12345678901234567891"],
    ["", null],
  ];
  for (const [json, found] of table)
    it(`finds ${found?.slice(0, 30) ?? "none"} in ${json.slice(0, 60)}`, () => {
      assert.equal(findInexactNumber(json), found);
    });

  it("takes of two whole numbers that JSON.parse makes one never both", () => {
    for (let exponent = 53; exponent < 80; exponent += 1) {
      const middle = 2n ** BigInt(exponent);
      const taken = new Map<number, string>();
      for (let number = middle - 40n; number < middle + 40n; number += 1n) {
        if (findInexactNumber(`[${number}]`) !== null) continue;
        assert.equal(taken.get(Number(number)), undefined, String(number));
        taken.set(Number(number), String(number));
      }
    }
  });

  it("reads 25 MB of texts, quotes and numbers to their end", () => {
    const item = '"a \\" text of 1234567890123456 \\\\", 9007199254740991, 0.1234567890123456789,';
    const items = item.repeat(Math.ceil((25 * 1024 * 1024) / item.length));
    assert.equal(findInexactNumber(`[${items}0]`), null);
    assert.equal(findInexactNumber(`[${items}9007199254740993]`), "9007199254740993");
    assert.equal(
      findInexactNumber(`["${"x".repeat(25_000_000)}1234567890123456",9007199254740993]`),
      "9007199254740993",
    );
  });
});

describe("replaceInexactNumbers()", () => {
  it("leaves all else as it is", () => {
    const json =
      '{ "id": 12345678901234567890, "n": [1, -12345678901234567891], "t": "12345678901234567890" }';
    assert.equal(
      replaceInexactNumbers(json, (written) => `"${written}"`),
      '{ "id": "12345678901234567890", "n": [1, "-12345678901234567891"], "t": "12345678901234567890" }',
    );
  });

  it("ends with what is no JSON", () => {
    for (const text of ['"1234567890123456', "-1234567890123456-", '{"a\\', "1234567890123456e"])
      assert.equal(replaceInexactNumbers(text, () => "!").length > 0, true, text);
  });
});

describe("inexactNumberProblem()", () => {
  it("says what the number would be, and what to write instead", () => {
    assert.equal(
      inexactNumberProblem("12345678901234567890"),
      "12345678901234567890 is beyond 9007199254740991 (2^53 - 1), up to which whole numbers are exact, and would be 12345678901234567000: give a string, or 1.2345678901234567e+19 where that is near enough",
    );
  });

  it("never grows with the number", () => {
    assert.match(inexactNumberProblem("9".repeat(400)), /^9{39}… is beyond all numbers/);
  });
});

it("parseExactly() keeps whole numbers beyond 2^53 - 1 as text, also those that would come back as they were written", () => {
  const json =
    '{"a":[1234567890123456789,-9007199254740992,9007199254740991,1e3,1e400],"1234567890123456789":0.1}';
  assert.deepEqual(parseExactly(json), {
    a: ["1234567890123456789", "-9007199254740992", 9007199254740991, 1000, "1e400"],
    "1234567890123456789": 0.1,
  });
  assert.throws(() => parseExactly("[1234567890123456789"), SyntaxError);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { before, describe, it } from "mocha";

const FILE = join(import.meta.dirname, "../../../../server/http/page/params.mjs");

interface Params {
  givenOf(
    params: readonly { readonly name: string; readonly type: { readonly name: string } }[],
    words: Readonly<Record<string, string>>,
  ): Readonly<Record<string, unknown>>;
}

describe("what somebody types on the page as a param", () => {
  let page: Params;
  const given = (type: string, words: string): unknown =>
    page.givenOf([{ name: "one", type: { name: type } }], { one: words })["one"];
  before(async () => {
    page = (await import(pathToFileURL(FILE).href)) as Params;
  });

  it("is JSON where its type is no text", () => {
    assert.deepEqual(given("json", '{"a":[1,0.12345678901234567890,1e300]}'), {
      a: [1, 0.12345678901234568, 1e300],
    });
    assert.equal(given("string", "12345678901234567890"), "12345678901234567890");
    assert.equal(given("json", '"12345678901234567890"'), "12345678901234567890");
    assert.equal(given("int", "9007199254740991"), 9007199254740991);
    assert.equal(given("int", "many"), "many");
  });

  it("is refused where a whole number would be another one", () => {
    for (const words of ["12345678901234567890", '{"\\"":-9007199254740993}'])
      assert.throws(() => given("json", words), /^RangeError: -?\d+ is beyond 9007199254740991/);
    assert.equal(given("json", "order 12345678901234567890"), "order 12345678901234567890");
  });

  it("is refused where a number would be null", () => {
    for (const words of ["1e400", '{"far":[-1.5E+999]}'])
      assert.throws(() => given("json", words), /^RangeError: -?[\d.]+[eE]\+?\d+ is beyond all numbers/);
    assert.equal(given("json", '"1e400"'), "1e400");
  });
});

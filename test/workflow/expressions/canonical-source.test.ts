import assert from "node:assert/strict";
import { canonicalSource } from "#workflow/expressions/canonical-source.js";

const ROWS: readonly (readonly [source: string, expected: string])[] = [
  ["params.n > 1", "params.n>1"],
  ["  params.n>1\n  && params.m == 2 ", "params.n>1&&params.m==2"],
  ['params.text == "a  b"', 'params.text=="a  b"'],
  ["params.text == 'a  \\'  b' ? 1 : 2", "params.text=='a  \\'  b'?1:2"],
  ['x == """a " b"""  || y', 'x=="""a " b"""||y'],
  ["params.text == 'a  b'", 'params.text=="a  b"'],
  [`x in ['a','', "b", 'it is "c"']`, `x in["a","","b",'it is "c"']`],
  ["x == '''a ' b'''  || y", "x=='''a ' b'''||y"],
  ["x in [1,  2]", "x in[1,2]"],
  ["1 .size()", "1 .size()"],
  ["a  b", "a b"],
  ["a > 1 // why\n && b", "a > 1 // why\n && b"],
];

describe("canonicalSource()", () => {
  for (const [source, expected] of ROWS) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(source)}`, () => {
      assert.equal(canonicalSource(source), expected);
    });
  }
});

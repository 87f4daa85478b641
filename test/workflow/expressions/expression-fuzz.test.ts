import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  checkExpression,
  createEvaluator,
  type Scope,
  toCelValue,
  type TypeScope,
} from "@headwater/workflow";
import { mutated } from "../yaml-texts.js";

const SEED = { seed: 20261126 };
const evaluator = createEvaluator();

const TYPES: TypeScope = {
  n: { name: "int" },
  s: { name: "string" },
  l: { name: "list", of: { name: "int" } },
  m: { name: "map", of: { name: "string" } },
  at: { name: "timestamp" },
  j: { name: "any" },
};

const SCOPE: Scope = {
  n: 3n,
  s: "a".repeat(2000),
  l: toCelValue(
    Array.from({ length: 1000 }, (_item, index) => index),
    { name: "list", of: { name: "int" } },
  ),
  m: toCelValue({ a: "b" }, { name: "map", of: { name: "string" } }),
  at: toCelValue("2026-03-08T07:30:00Z", { name: "timestamp" }),
  j: toCelValue({ a: [1, null, { b: "c" }] }, { name: "json" }),
};

const TOKENS =
  "n|s|l|m|at|j|x|_|params|true|false|null|in|1|0|-1|9223372036854775807|1u|0x1F|1.5|1e308|.5|'a'|\"b\"|r'\\d'|'''c\n'''|b'd'|'é😀'|'\\u0041'|'\\x'|'|\"|+|-|*|/|%|!|==|!=|<|<=|>|>=|&&||||?|:|.|,|(|)|[|]|{|}|.?|[?|;|@|#|//|\\|$|`|.map(x,|.filter(x,|.exists(x,|.all(x,|.exists_one(x,|.matches(|.size()|.join(|.split(|size(|has(|string(|int(|double(|date(|datetime(|duration(|range(|json(|parse_json(|date_range(|optional.of(|.optMap(x,|.optFlatMap(x,|.orValue(|type(|dyn(|\u200b|\u202e|\u0000|\ufeff|\ud800|\n|\t".split(
    "|",
  );

const VALID = [
  "l.map(x, x * 2).filter(x, x > n).size() == 3 && s.startsWith('a')",
  "m.a + s + string(n) + (n > 2 ? 'x' : 'y')",
  "at + duration('1h') > timestamp('2026-01-01T00:00:00Z') || date(at) == '2026-03-08'",
  "j.a[2].?b.orValue('none').matches('^[a-z]+$')",
  "range(0, n).map(x, range(0, x).map(y, {'x': x, 'y': [y]}))",
  "parse_json(json(j)) == j && 3 in l && has(j.a)",
];

/** Patterns that make a backtracking matcher take for ever, or fill a table of states. */
const HOSTILE_PATTERNS = [
  "(a+)+$",
  "(a*)*b",
  "(a|a)*b",
  "(a|aa)+$",
  "(.*)(.*)(.*)(.*)(.*)b",
  "(x+x+)+y",
  "((a{1,100}){1,100}){1,100}b",
  "a{1000}",
  "([ab]{1,500}){1,2}[xy]",
  "(?:.{0,400}){2}[xy]$",
  "(?=a)b",
  "(a)\\1",
  "[",
  "(",
  "a**",
  "\\p{L}+\\z",
  "(?i)A+(?s).$",
  "[^\\x00-\\x{10FFFF}]",
  "(?P<n>a)(?P<n>b)",
];

/** Nothing that is written throws; what is found wrong is in the text, and what is evaluated ends within its budget. */
function expectSound(source: string): void {
  const { problems, references } = checkExpression(source, TYPES);
  for (const { start, end } of [...problems, ...references]) {
    assert.ok(
      0 <= start && start <= end && end <= source.length,
      `${start}–${end} of ${source.slice(0, 200)}`,
    );
  }
  const evaluated = evaluator.evaluate(source, SCOPE);
  if (!evaluated.ok) assert.ok(evaluated.message.length > 0);
  assert.equal(typeof evaluator.condition(source, SCOPE).ok, "boolean");
}

describe("checkExpression() and evaluate() never throw", () => {
  it("whatever the order of tokens", () => {
    const sources = fc
      .array(fc.constantFrom(...TOKENS), { maxLength: 25 })
      .chain((tokens) => fc.constantFrom(tokens.join(""), tokens.join(" ")));
    fc.assert(fc.property(sources, expectSound), { ...SEED, numRuns: 1500 });
  });

  it("whatever is put into, or lost from, an expression", () => {
    fc.assert(fc.property(mutated(VALID, TOKENS), expectSound), { ...SEED, numRuns: 1000 });
  });

  it("whatever the text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), expectSound), {
      ...SEED,
      numRuns: 100,
    });
  });

  it("however deep it nests", () => {
    const pairs = [
      "( )",
      "[ ]",
      "{'a':  }",
      "! ",
      "- ",
      "[1].map(x,  )",
      "n == 1 ? 1 : ( )",
      "string( )",
      "l[ ]",
    ];
    const nested = fc.record({ pair: fc.constantFrom(...pairs), depth: fc.integer({ min: 1, max: 3000 }) });
    fc.assert(
      fc.property(nested, ({ pair, depth }) => {
        const [open, close] = [pair.slice(0, pair.lastIndexOf(" ")), pair.slice(pair.lastIndexOf(" ") + 1)];
        expectSound(`${open.repeat(depth)}1${close.repeat(depth)}`);
      }),
      { ...SEED, numRuns: 60 },
    );
  });

  it("however long its lists, sums and paths are", () => {
    const parts = [
      "1, ",
      "'a' + ",
      "n + ",
      "true && ",
      "n == 1 ? 2 : ",
      "j.a.",
      "l + ",
      "[l, l], ",
      "l.map(x, x), ",
    ];
    for (const part of parts) {
      for (const length of [1000, 9000]) {
        const list = part.repeat(Math.ceil(length / part.length));
        expectSound(length > 1000 ? `[${list}1]` : `${list}1`);
      }
    }
  });

  it("whatever the pattern of a match", () => {
    for (const pattern of HOSTILE_PATTERNS) {
      const quoted = JSON.stringify(pattern);
      expectSound(`s.matches(${quoted})`);
      expectSound(`(s + 'b').matches(${quoted})`);
      expectSound(`l.exists(x, s.matches(${quoted} + string(x)))`);
    }
  });

  it("and an evaluation that would not end is stopped by its budget", () => {
    const nested = "l.map(x, l.map(y, l.map(z, x + y + z)))";
    const evaluated = evaluator.evaluate(nested, SCOPE);
    assert.ok(!evaluated.ok);
    assert.match(evaluated.message, /takes too long|of more than/);
  });
}).timeout(20_000);

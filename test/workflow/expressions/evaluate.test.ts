import assert from "node:assert/strict";
import { describe, test } from "mocha";
import type { Json, Scope } from "@headwater/workflow";
import { createEvaluator, fromCelValue, toCelValue } from "@headwater/workflow";

const ROWS = Array.from({ length: 100_000 }, (_, index) => index);
const SCOPE: Scope = {
  params: toCelValue(
    { date: "2026-03-01", n: 5, half: 0.5, names: ["b", "a"], none: null },
    { name: "json" },
  ),
  run: { scheduled_at: toCelValue("2026-03-08T07:30:00Z", { name: "timestamp" }) },
  rows: toCelValue(ROWS, { name: "json" }),
  loop: toCelValue({ page: 3, loop: "inner" }, { name: "json" }),
  steps: toCelValue({ loop: { status: "succeeded" } }, { name: "json" }),
  tens: toCelValue(ROWS.slice(0, 100), { name: "json" }),
  text: "a".repeat(500_000),
  __succeeded: true,
  __failed: false,
};

describe("evaluate()", () => {
  const evaluator = createEvaluator();
  const table: readonly (readonly [string, unknown])[] = [
    ["params.n + 1", 6],
    ["loop.page + 1", 4],
    ["steps.loop.status + ' loop ' + loop.loop // loop", "succeeded loop inner"],
    ["[1, 2].map(loop, loop * 2)", [2, 4]],
    [
      'r\'\\loop\' + """loop "quoted" loop""" + {\'loop\': loop}[\'loop\'].loop',
      '\\looploop "quoted" loopinner',
    ],
    ["params.half * 2.0", 1],
    ["params.none == null", true],
    ["params.names.map(x, x + '!').join(',')", "b!,a!"],
    ["params.?missing.orValue('none')", "none"],
    ["params.?missing", null],
    ["params.?n.optMap(v, v + 1).orValue(0)", 6],
    ["params.?missing.optMap(v, v + 1).orValue(7)", 7],
    ["optional.none().optMap(v, 1 / 0).hasValue()", false],
    ["params.?n.optMap(n, [n, 2].map(x, x + n + params.n))", [15, 12]],
    ["[1, 2].map(v, optional.of(v).optMap(v, v * 10).value())", [10, 20]],
    ["optional.of({'a': 3}).optFlatMap(loop, loop.?a).value()", 3],
    ["optional.of({'a': 3}).optFlatMap(m, m.?b).orValue(4)", 4],
    ["run.scheduled_at.date()", "2026-03-08"],
    ["run.scheduled_at.date('America/Los_Angeles')", "2026-03-07"],
    ["date('2026-03-01T23:30:00-02:00')", "2026-03-02"],
    ["datetime(params.date, 'Europe/Berlin')", "2026-02-28T23:00:00Z"],
    ["datetime('2026-03-29', 'Europe/Berlin') + duration('1d')", "2026-03-29T23:00:00Z"],
    ["run.scheduled_at - duration('1d30m')", "2026-03-07T07:00:00Z"],
    ["run.scheduled_at - timestamp('2026-03-08T06:00:00Z')", "1h30m"],
    ["run.scheduled_at.getHours('America/New_York')", 3],
    ["run.scheduled_at.getDayOfYear()", 66],
    ["run.scheduled_at.getHours('+05:45')", 13],
    ["duration('90m').getHours()", 1],
    ["string(run.scheduled_at) + ' ' + string(duration('90s'))", "2026-03-08T07:30:00Z 1m30s"],
    ["int(run.scheduled_at)", 1_772_955_000],
    ["format_date(params.date, '%Y/%m/%d (%j)')", "2026/03/01 (060)"],
    ["format_date(run.scheduled_at, '%F %T', 'Asia/Kathmandu')", "2026-03-08 13:15:00"],
    ["days_between(params.date, '2026-02-01')", -28],
    ["date_range('2026-02-27', '2026-03-02')", ["2026-02-27", "2026-02-28", "2026-03-01"]],
    ["date_range('2026-01-01', '2026-01-20', 7)", ["2026-01-01", "2026-01-08", "2026-01-15"]],
    ["range(3) + range(5, 7) + range(3, 0, -2)", [0, 1, 2, 5, 6, 3, 1]],
    ["json({'a': [1, 2.5, null], 'd': duration('1h')})", '{"a":[1,2.5,null],"d":"1h"}'],
    ["parse_json('{\"a\": [1, 2.5]}').a[0] + 1", 2],
    ["'raw.orders'.matches('^raw[.]')", true],
    ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
    ["'a😀b'.size() == 3 && 'a😀b'.indexOf('b') == 2 && 'a😀b😀b'.lastIndexOf('b') == 4", true],
    ["'a😀b'.substring(1, 2) + 'a😀b'.substring(2)", "😀b"],
    ["'a😀b'.indexOf('b', 2) + 'ab😀b'.lastIndexOf('b', 2)", 3],
    ["'a😀b'.split('')", ["a", "😀", "b"]],
    ["'ÀB'.lowerAscii() + 'àb'.upperAscii()", "ÀbàB"],
    [
      "parse_json('[9007199254740993, -9223372036854775808]') == [9007199254740993, -9223372036854775807 - 1]",
      true,
    ],
    [
      'parse_json(r\'{"a 9007199254740993 \\\\": ["i9", 1.5, 9007199254740993.5, null], "__proto__": 9007199254740993}\')',
      { "a 9007199254740993 \\": ["i9", 1.5, 9007199254740994, null] },
    ],
    ["int('-5') + int(2.9) + int(7)", 4],
    ["succeeded() && !failed()", true],
    ["1 / 0 == 1 || true", true],
  ];
  for (const [source, expected] of table) {
    test(`gives ${JSON.stringify(expected)} for ${source}`, () => {
      const result = evaluator.evaluate(source, SCOPE);
      assert.ok(result.ok, result.ok ? "" : result.message);
      assert.deepEqual(fromCelValue(result.value), expected);
    });
  }

  const wrong: readonly (readonly [string, string])[] = [
    ["params.missing", 'There is no member "missing"'],
    ["missing", "Unknown variable: missing"],
    ["1 / 0", "division by zero"],
    ["date('1 March')", '"1 March" is no date: write YYYY-MM-DD'],
    ["date('2026-02-30')", '"2026-02-30" is no date: write YYYY-MM-DD'],
    [
      "run.scheduled_at.date('Mars/Olympus')",
      '"Mars/Olympus" is no time zone: write one such as "Europe/Berlin"',
    ],
    ["timestamp('1 March')", '"1 March" is no timestamp: write 2026-03-01T06:00:00Z'],
    ["duration('5 parsecs')", '"5 parsecs" is no duration: write one such as 1h30m'],
    ["format_date(params.date, '%Q')", 'format_date() does not know the code "%Q"'],
    ["range(0, 10, 0)", "range() must go by a step other than 0"],
    ["'a'.matches('(?=a)')", 'Pattern "(?=a)" is no RE2 regular expression'],
    ["params.names[7]", "The list has no element 7, counted from 0"],
    ["params.none + 1", "Operator does not fit: null + int. Ask for null first: x == null ? 0 : x"],
    ["params.names[0] + 1", "Operator does not fit: string + int. Make the int text with string(…)"],
    ["params.constructor", 'There is no member "constructor"'],
    ["-(-9223372036854775807 - 1)", "The result is larger or smaller than any int of 64 bits"],
    ["(-9223372036854775807 - 1) / -1", "The result is larger or smaller than any int of 64 bits"],
    ["timestamp('9999-12-31T00:00:00Z') + duration('48h')", "The result lies outside of the years 1 to 9999"],
    ["int('')", "int() is given a text that is no int of 64 bits"],
    ["int('0b1')", "int() is given a text that is no int of 64 bits"],
    ["int(1e300)", "int() is given 1e+300, which is no int of 64 bits"],
    ["'a😀b'.substring(4)", "substring() has its start outside of the text"],
    ["'a😀b'.substring(2, 1)", "substring() has its end outside of the text"],
    ["'a😀b'.indexOf('b', 4)", "place 4 is outside the text"],
    [
      "parse_json('[9223372036854775808]')",
      "parse_json() got 9223372036854775808, which is no int of 64 bits: write it as a text",
    ],
    ["duration('90s').seconds", 'There is no member "seconds"'],
    ["dyn(run.scheduled_at).getTime", 'There is no member "getTime"'],
    ["params.__proto__", 'There is no member "__proto__"'],
  ];
  for (const [source, message] of wrong) {
    test(`says what is wrong with ${source}`, () => {
      assert.deepEqual(evaluator.evaluate(source, SCOPE), { ok: false, message });
    });
  }

  test("says where succeeded() is not known", () => {
    const { __succeeded, ...rest } = SCOPE;
    assert.equal(__succeeded, true);
    const message = "succeeded() and failed() are known only where a step has needs: in its if";
    assert.deepEqual(evaluator.evaluate("succeeded()", rest), { ok: false, message });
  });
});

describe("evaluate() within its budget", () => {
  const evaluator = createEvaluator();
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ["three loops over a hundred", "tens.all(a, tens.all(b, tens.all(c, true)))", /too long/],
    ["three loops over a hundred thousand", "rows.all(a, rows.all(b, rows.all(c, true)))", /too long/],
    ["loops that only fail", "rows.all(a, rows.exists(b, b.foo == 1))", /too long/],
    ["four loops", "tens.all(a, tens.all(b, tens.all(c, tens.all(d, true))))", /3 deep/],
    ["a search in a loop", "rows.all(a, a in rows)", /too long/],
    ["a comparison in a loop", "rows.all(a, rows == rows)", /too long/],
    ["strings that double", `['aaaaaaaaaa']${".map(s, s + s)".repeat(30)}`, /characters/],
    ["lists that double", `[1]${".map(s, [s, s])".repeat(40)}`, /bytes/],
    ["a list of lists", "rows.map(x, rows)", /bytes/],
    [
      "the value of an optional in a loop",
      "rows.map(x, optional.of(rows).optMap(r, r.size() + r[0]))",
      /too long/,
    ],
    ["an optional of a large value", "optional.of([rows, rows, rows, rows, rows, rows])", /bytes/],
    ["a large list", "rows + rows", /elements/],
    ["a join by long separators", `rows.map(x, 'a').join('${"b".repeat(5000)}')`, /characters/],
    ["a slow search", "text.contains('b' + text.substring(0, 250000))", /too long/],
    ["a list too long", "range(100001)", /limit is 100000/],
    ["a short pattern of many states", "text.matches('(?:.{0,400}){2}[xy]$')", /takes too long/],
    [
      "very many patterns",
      "rows.exists(x, 'x'.matches('a' + string(x)))",
      /more than 200 different patterns/,
    ],
    ["a pattern that repeats too often", "'x'.matches('(((a{100}){100}){100})')", /no RE2/],
    ["deep nesting", "[".repeat(3000) + "]".repeat(3000), /nests more than 48 deep/],
    ["many operands", `1${"+1".repeat(4900)}`, /more than 2000 parts/],
    ["many characters", " ".repeat(10_001), /limit is 10000/],
  ];
  for (const [what, source, message] of hostile) {
    test(`stops ${what}`, () => {
      const startedAt = performance.now();
      const result = evaluator.evaluate(source, SCOPE);
      assert.match(result.ok ? "nothing was wrong" : result.message, message);
      assert.ok(performance.now() - startedAt < 5000);
    });
  }

  test("matches a pattern that would keep a backtracking engine busy for ages", () => {
    const result = evaluator.evaluate(`'${"a".repeat(3000)}!'.matches('^(a+)+$')`, SCOPE);
    assert.deepEqual(result, { ok: true, value: false });
  });

  test("starts every evaluation with a full budget", () => {
    for (let round = 0; round < 10; round += 1) {
      assert.equal(evaluator.evaluate("rows.all(x, x >= 0)", SCOPE).ok, true);
    }
  });
});

describe("resolveValue()", () => {
  const evaluator = createEvaluator();

  test("keeps the type of one whole expression and writes the others as text", () => {
    const template = {
      kind: "map",
      entries: {
        whole: { kind: "expression", source: "params.n" },
        text: {
          kind: "text",
          parts: ["n=", { source: "params.n" }, " ", { source: "params.names" }, { source: "params.none" }],
        },
        list: {
          kind: "list",
          items: [
            { kind: "literal", value: { a: 1 } },
            { kind: "expression", source: "run.scheduled_at" },
          ],
        },
      },
    } as const;
    assert.deepEqual(evaluator.resolveValue(template, SCOPE), {
      ok: true,
      value: { whole: 5, text: 'n=5 ["b","a"]', list: [{ a: 1 }, "2026-03-08T07:30:00Z"] },
    });
  });

  test("stops at the first expression that fails", () => {
    const template = { kind: "list", items: [{ kind: "expression", source: "params.missing" }] } as const;
    assert.deepEqual(evaluator.resolveValue(template, SCOPE), {
      ok: false,
      message: 'There is no member "missing"',
    });
  });
});

test("toCelValue() keeps maps usable whatever their keys", () => {
  const value: unknown = JSON.parse('{"constructor": 1, "__proto__": {"a": 1}, "prototype": 2, "n": 3}');
  // What JSON.parse gives is Json by definition.
  const scope = { params: toCelValue(value as Json, { name: "json" }) };
  const evaluator = createEvaluator();
  assert.deepEqual(evaluator.condition("params.n == 3 && params.prototype == 2", scope), {
    ok: true,
    value: true,
  });
  assert.deepEqual(evaluator.condition("has(params.a)", scope), { ok: true, value: false });
});

test("condition() takes bools only", () => {
  const evaluator = createEvaluator();
  assert.deepEqual(evaluator.condition("params.n > 4", SCOPE), { ok: true, value: true });
  assert.deepEqual(evaluator.condition("params.n", SCOPE), {
    ok: false,
    message: 'Condition must give a bool, gave "5"',
  });
});

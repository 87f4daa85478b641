import assert from "node:assert/strict";
import { run } from "@bufbuild/cel";
import { describe, test } from "mocha";
import { checkExpression, createEvaluator, fromCelValue } from "@headwater/workflow";

/**
 * Another implementation of CEL must give the same for what we promise of it: values, and whether it is an error. Two
 * things we refuse on purpose, as errors of type: to compare literals of different types, and to loop over a literal `[]`.
 */
describe("evaluate() agrees with another CEL", () => {
  const evaluator = createEvaluator();
  const scope = {
    n: 7n,
    x: 2.5,
    s: "héllo wörld",
    l: [3n, 1n, 2n],
    m: { a: 1n, b: 2n },
    flag: true,
    none: null,
  };
  const table: readonly string[] = [
    "n + 1",
    "n - 10",
    "n * n",
    "n / 2",
    "-n / 2",
    "n % 3",
    "-n % 3",
    "n / 0",
    "n % 0",
    "x + 1.0",
    "x / 0.0",
    "-x",
    "x * -0.0",
    "9223372036854775807 + 1",
    "9223372036854775807 * 2",
    "n == 7",
    "n != 7",
    "n < 8 && n > 6",
    "n <= 7 || n >= 9",
    "n == 7.0 || false",
    "x < 3",
    "n > 6.5",
    "1 + 1.0",
    "'a' + 1",
    "flag && n",
    "flag || 1 / 0 == 1",
    "1 / 0 == 1 || flag",
    "false && 1 / 0 == 1",
    "1 / 0 == 1 && false",
    "!flag",
    "flag ? 1 : 2",
    "n ? 1 : 2",
    "s.size()",
    "size(s)",
    "size(l)",
    "size(m)",
    "s.startsWith('hé')",
    "s.endsWith('ld')",
    "s.contains('lo w')",
    "s.matches('w.r')",
    "s.matches('^w')",
    "s.matches('(')",
    "'a' + 'b' == 'ab'",
    "'a' < 'b'",
    "'Z' < 'a'",
    "'\\u00e9' == 'é'",
    "r'\\n'.size()",
    "'''a'b'''",
    "l[0]",
    "l[3]",
    "l[-1]",
    "l + [4]",
    "3 in l",
    "4 in l",
    "'a' in m",
    "'z' in m",
    "m.a",
    "m['b']",
    "m.z",
    "has(m.a)",
    "has(m.z)",
    "l == [3, 1, 2]",
    "l != [1]",
    "m == {'b': 2, 'a': 1}",
    "[1, 2.0] == [1.0, 2]",
    "{'a': 1}.a",
    "[[1], []]",
    "none == null",
    "l.all(e, e > 0)",
    "l.exists(e, e > 2)",
    "l.exists_one(e, e > 1)",
    "l.filter(e, e > 1)",
    "l.map(e, e * 2)",
    "l.map(e, e > 1, e * 2)",
    "m.all(k, m[k] > 0)",
    "m.exists(k, k == 'b')",
    "l.all(e, e / 0 == 1)",
    "l.exists(e, 6 / (e - 1) == 6 || e == 1)",
    "l.map(a, l.map(b, a * b))",
    "int('42')",
    "int('x')",
    "int(2.9)",
    "int(-2.9)",
    "double('1.5')",
    "double(3)",
    "string(42)",
    "string(1.5)",
    "string(true)",
    "bool('true')",
    "bool('x')",
    "dyn(1) == 1.0",
    "timestamp('2026-03-01T06:00:00Z').getHours()",
    "timestamp('2026-03-01T06:00:00Z').getDayOfYear()",
    "timestamp('2026-03-01T06:00:00Z').getDayOfWeek('Asia/Tokyo')",
    "timestamp('2026-03-08T07:30:00Z').getHours('America/New_York')",
    "timestamp('2026-03-01T06:00:00Z').getMonth()",
    "timestamp('2026-03-01T06:00:00Z') + duration('1h') == timestamp('2026-03-01T07:00:00Z')",
    "timestamp('2026-03-01T06:00:00Z') - timestamp('2026-03-01T05:00:00Z') == duration('60m')",
    "duration('90m').getHours()",
    "duration('1h') > duration('59m')",
    "timestamp('1 March')",
    "missing",
    "string(timestamp('2026-03-01T06:00:00Z'))",
    "int(timestamp('2026-03-01T06:00:00Z'))",
    "'a'.foo()",
    "1 +",
  ];
  for (const source of table) {
    test(`on ${source}`, () => assert.deepEqual(ours(source), theirs(source)));
  }

  function ours(source: string): unknown {
    const result = evaluator.evaluate(source, scope);
    return result.ok ? fromCelValue(result.value) : "an error";
  }

  function theirs(source: string): unknown {
    try {
      return plain(run(source, scope));
    } catch {
      return "an error";
    }
  }
});

/**
 * What the checker says of outputs is what happens: a use that it calls unguarded fails where the step did not succeed, one
 * that it calls guarded never does. The value is only asked for, so that nothing else can fail.
 */
describe("evaluate() agrees with the checker on steps that may not have succeeded", () => {
  const evaluator = createEvaluator();
  const step = { name: "record", fields: { rows: { name: "int" } } } as const;
  const fields = { status: { name: "string" }, outputs: step } as const;
  const types = { steps: { name: "record", fields: { x: { name: "record", fields } } } } as const;
  const unguarded = [
    "steps.x.outputs.rows",
    "steps.x.outputs.rows > 0",
    "steps.x.outputs['rows'] + 1",
    "has(steps.x.outputs.rows) || steps.x.outputs.rows > 0",
    "steps.x.status != 'failed' && steps.x.outputs.rows > 0",
    "steps.x.status == 'succeeded' ? 1 : steps.x.outputs.rows",
    "!has(steps.x.outputs.rows) ? steps.x.outputs.rows : 1",
    "!(steps.x.status == 'succeeded' && true) && steps.x.outputs.rows > 0",
    "[1].map(e, steps.x.outputs.rows)",
    "(false || steps.x.status == 'skipped') && steps.x.outputs.rows > 0",
    "[steps.x.outputs.rows].size()",
    "optional.of(steps.x.outputs.rows).orValue(1)",
    "optional.of(1).optMap(v, v + steps.x.outputs.rows).orValue(1)",
    "steps.x.outputs.?rows.optMap(v, v).orValue(1) + steps.x.outputs.rows",
    "steps.x.outputs.?rows.optMap(v, v < 0).orValue(true) && steps.x.outputs.rows > 0",
    "steps.x.outputs.?rows.hasValue() ? 1 : steps.x.outputs.rows",
  ];
  const guarded = [
    "steps.x.outputs.?rows.orValue(0)",
    "steps.x.?outputs.rows.orValue(0)",
    "steps.?x.outputs.rows.hasValue()",
    "has(steps.x.outputs.rows)",
    "has(steps.x.outputs.rows) && steps.x.outputs.rows > 0",
    "steps.x.outputs.rows > 0 && has(steps.x.outputs.rows)",
    "!has(steps.x.outputs.rows) || steps.x.outputs.rows > 0",
    "steps.x.outputs.rows > 0 || !has(steps.x.outputs.rows)",
    "has(steps.x.outputs.rows) ? steps.x.outputs.rows : 0",
    "steps.x.status == 'succeeded' && steps.x.outputs.rows > 0",
    "'succeeded' != steps.x.status ? 0 : steps.x.outputs.rows",
    "!(steps.x.status != 'succeeded') && steps.x.outputs.rows > 0",
    "steps.x.status in ['succeeded'] && steps.x.outputs.rows > 0",
    "(has(steps.x.outputs.rows) && true) && [1].all(e, steps.x.outputs.rows > e)",
    "(has(steps.x.outputs.rows) ? steps.x.outputs.rows > 0 : false) && steps.x.outputs.rows > 1",
    "json(steps.x.outputs)",
    "steps.x.outputs.?rows.optMap(v, v + steps.x.outputs.rows).orValue(0)",
    "steps.x.?outputs.rows.optFlatMap(v, optional.of(v + steps.x.outputs.rows)).hasValue()",
    "steps.x.outputs.?rows.optMap(v, v > 3).orValue(false) && steps.x.outputs.rows > 0",
    "steps.x.outputs.?rows.optMap(v, v > 9).orValue(true) || steps.x.outputs.rows > 0",
    "steps.x.outputs.?rows.hasValue() && steps.x.outputs.rows > 0",
    "optional.of({'outputs': {'rows': 1}}).optMap(steps, steps.outputs.rows > 0).orValue(false)",
    "[{'outputs': {'rows': 1}}].all(steps, steps.outputs.rows > 0)",
  ];
  const table = [
    ...unguarded.map((source) => [source, false] as const),
    ...guarded.map((source) => [source, true] as const),
  ];
  for (const [source, isSafe] of table) {
    test(`on ${source}`, () => {
      const { problems, steps } = checkExpression(source, types);
      assert.deepEqual(problems, []);
      assert.equal(
        steps.uses.every(({ guards }) => guards.has("x")),
        isSafe,
      );
      const results = [
        { status: "succeeded", outputs: { rows: 5n } },
        { status: "skipped", outputs: {} },
      ].map((x) => evaluator.evaluate(source, { steps: { x } }).ok);
      assert.deepEqual(results, [true, isSafe]);
    });
  }
});

function plain(value: unknown): unknown {
  if (value instanceof Error) return "an error";
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Symbol.iterator in value) {
    const items = [...(value as Iterable<unknown>)];
    return items.map(plain);
  }
  return value;
}

import assert from "node:assert/strict";
import { describe, test } from "mocha";
import type { ScopeType, TypeScope } from "@headwater/workflow";
import {
  checkExpression,
  createExpressionChecker,
  EXPRESSION_FUNCTIONS,
  parseValueType,
} from "@headwater/workflow";

const SCOPE: TypeScope = {
  params: record({ date: "date", n: "int", share: "double", names: "list<string>", counts: "map<int>" }),
  steps: {
    name: "record",
    fields: { extract: { name: "record", fields: { outputs: record({ rows: "int" }) } } },
  },
  loop: record({ page: "int" }),
  run: record({ scheduled_at: "timestamp" }),
  signal: { name: "any" },
};

describe("checkExpression()", () => {
  /** Expression, the type that its place takes, then what stands under `^` and the message; none where all is well. */
  const table: readonly (readonly [string, string, string?, string?])[] = [
    ["steps.extract.outputs.rows > 0", "bool"],
    ["run.scheduled_at.date('Asia/Tokyo')", "date"],
    ["params.date", "string"],
    ["params.n", "double"],
    ["signal.table", "date"],
    ["params.counts.map(k, params.counts[k])", "list<int>"],
    ["params.names.filter(params, params == 'a')", "list<string>"],
    ["params.?missing.orValue(1)", "int"],
    ["run.scheduled_at - duration('2d')", "timestamp"],
    ["range(0, 10)", "list<int>"],
    ["loop.page + 1", "int"],
    ["[1].map(loop, loop + 1)", "list<int>"],
    ["steps.extract.outputs.?rows.optMap(r, r + 1).orValue(0)", "int"],
    ["params.?names.optFlatMap(loop, optional.of(loop.size())).orValue(0)", "int"],
    ["optional.none().optMap(v, v + 1).orValue(2) + 1", "int"],
    [
      "params.?n.optMap(v, v + 'a')",
      "any",
      "v + 'a'",
      "Operator does not fit: int + string. Make the int text with string(…)",
    ],
    [
      "params.?n.optMap(v, string(v)).orValue(0)",
      "any",
      "0",
      "The value of orValue() must be string, as what it stands for: it is int",
    ],
    ["params.?n.optMap(v, w)", "any", "w", 'Unknown name "w": there is params, steps, loop, run, signal'],
    [
      "params.n.optMap(v, v)",
      "any",
      "n",
      "Only an optional has optMap(), such as steps.x.outputs.?rows.optMap(rows, …). This is int",
    ],
    [
      "params.?n.optFlatMap(v, v + 1)",
      "any",
      "v + 1",
      "What optFlatMap() gives must be an optional; for any other value it is optMap(). This is int",
    ],
    ["params.?n.optMap(1, 2)", "any", "1", "The value has a name in optMap(): write x.optMap(value, …)"],
    ["loop.pge", "int", "pge", '"loop" has no "pge"; did you mean "page"?'],
    ["loop == 1", "any", "loop == 1", "Operator does not fit: loop == int"],
    ["loop.page +", "any", "", "Expression ends too early"],
    ["loop(1)", "any", "loop", 'Unknown function "loop"'],
    ["params.n", "string", "params.n", "Expression must give string, gives int"],
    ["params.nn + 1", "int", "nn", '"params" has no "nn": there is date, n, share, names, counts'],
    ["steps.extrct.outputs.rows", "int", "extrct", '"steps" has no "extrct"; did you mean "extract"?'],
    ["params['nmes']", "any", "nmes", '"params" has no "nmes"; did you mean "names"?'],
    ["stepz.extract", "any", "stepz", 'Unknown name "stepz"; did you mean "steps"?'],
    ["params.names.mapp(x, x)", "any", "mapp", 'Unknown function "mapp"; did you mean "map"?'],
    ["dat(params.date)", "any", "dat", 'Unknown function "dat"; did you mean "date"?'],
    [
      "params.date + 1",
      "any",
      "params.date + 1",
      "Operator does not fit: string + int. Make the int text with string(…)",
    ],
    [
      "true && params.n == 'x'",
      "any",
      "params.n == 'x'",
      "Operator does not fit: int == string. Make the text a number with int(…)",
    ],
    ["date(1)", "any", "date(1)", 'Function does not take these arguments: "date(int)"'],
    ["params.n.foo", "any", "foo", "A value of type int has no members"],
    ["params.date = '2026-01-01'", "any", "=", 'There is no "=": write "=="'],
    ["params.n === 1", "any", "===", 'There is no "===": write "=="'],
    ["params.n <> 1", "any", "<>", 'There is no "<>": write "!="'],
    ["params.date == 'x' and params.n == 1", "any", "and", 'There is no "and": write "&&"'],
    ["params.date == 'x' or true", "any", "or", 'There is no "or": write "||"'],
    ["not params.n == 1", "any", "not", 'There is no "not": write "!"'],
    ["params.n++ > 1", "any", "++", 'There is no "++": nothing can be changed, write + 1'],
    ["params.date =~ 'a'", "any", "=~", 'There is no "=~": write s.matches("…")'],
    ["(params.n == 1", "any", "", 'A bracket is not closed: write ")"'],
    ["[params.n", "any", "", 'A bracket is not closed: write "]"'],
    ["true ? 1", "any", "", 'A choice has two cases: write "condition ? one : other"'],
    ["steps.in.status", "any", "in", '"in" is a word of CEL and no name: write ["in"] instead of .in'],
    ["params.n == 1e999", "any", "1", "This number is larger than any double"],
    [
      "params.date.length > 1",
      "any",
      "length",
      "A value of type string has no members. Its length is size(…), a part of it text.substring(0, 1), and a part of a date datetime(day).getFullYear()",
    ],
    ["len(params.date) > 1", "any", "len", "There is no len(): write size(…)"],
    ["always()", "any", "always", 'There is no always(): write "require: all_finished" at the step'],
    ["environ.HOME", "any", "environ", 'Unknown name "environ": there is params, steps, loop, run, signal'],
    [
      "run.scheduled_at > '2026-01-01'",
      "any",
      "run.scheduled_at > '2026-01-01'",
      'Operator does not fit: timestamp > string. Make the text a time with timestamp("…")',
    ],
    [
      "duration('1s') > 30",
      "any",
      "duration('1s') > 30",
      'Operator does not fit: duration > int. Write a duration as duration("30s")',
    ],
    ["run.scheduled_at.hour > 6", "any", "hour", 'A timestamp has no member "hour": write .getHours()'],
    ["run.scheduled_at['day'] > 6", "any", "day", 'A timestamp has no member "day": write .getDate()'],
    [
      "run.scheduled_at.getHours",
      "any",
      "getHours",
      'A timestamp has no member "getHours": write .getHours()',
    ],
    [
      "has(run.scheduled_at.minutes)",
      "any",
      "minutes",
      'A timestamp has no member "minutes": write .getMinutes()',
    ],
    [
      "run.scheduled_at.?x.orValue(1) == 1",
      "any",
      "x",
      "A timestamp has no members: its parts are getFullYear(), getMonth(), getDate(), getHours(), getMinutes() and getSeconds()",
    ],
    [
      "[run.scheduled_at].map(t, t - run.scheduled_at).exists(d, d.seconds > 5)",
      "any",
      "seconds",
      'A duration has no member "seconds": write .getSeconds()',
    ],
    [
      "duration('5m').constructor",
      "any",
      "constructor",
      "A duration has no members: its parts are getHours(), getMinutes() and getSeconds()",
    ],
    ["params.date == '2026-1-1'", "any", "'2026-1-1'", '"2026-1-1" is no date: write YYYY-MM-DD'],
    ["params.date in ['2026-01-01', 'today']", "any", "'today'", '"today" is no date: write YYYY-MM-DD'],
    ["params.date < '2026'", "bool"],
    [
      "-9223372036854775809",
      "any",
      "9223372036854775809",
      "This number is larger or smaller than any int of 64 bits",
    ],
    ["-9223372036854775808", "int"],
    ["{'a': 1, 'a': 2}", "any", "'a'", "This key stands in the map already: its entries would be one"],
    [
      "[?params.n]",
      "any",
      "?",
      "There are no optional elements: write each with the value it has else, x.orValue(…)",
    ],
    ["'a' 'b'", "any", "'", "Texts are joined with +"],
    ["params.n < 5m", "any", "m", 'A duration is written duration("5m"), in quotes'],
    [
      "params.names.length",
      "any",
      "length",
      "A list has no members: an element is list[0], how many there are is size(list)",
    ],
    [
      "true ? 1 : 'a'",
      "any",
      "true ? 1 : 'a'",
      "Both cases of a choice must be of one type: they are int and string. Make the text a number with int(…)",
    ],
    [
      "true ? params.share : 1",
      "any",
      "true ? params.share : 1",
      "Both cases of a choice must be of one type: they are double and int. Make the int a double with double(…)",
    ],
    ["params.n => 5", "any", "=", 'There is no "=>": write ">=" to compare'],
    [
      "params.n | default(1)",
      "any",
      "|",
      'There are no filters behind a "|": of what may be missing write steps.a.?outputs.?rows.orValue(0)',
    ],
    ["params.date | upper == 'A'", "any", "|", 'There are no filters behind a "|": write upperAscii()'],
    [
      "params.date | trim",
      "any",
      "|",
      'There are no filters behind a "|": call a function, string(x) or x.trim()',
    ],
    ["params.n > 1 | params.n < 5", "any", "|", 'There is no "|": write "||"'],
    [
      "params.names.map(x => x + 'a')",
      "any",
      "=",
      'There is no "=>": a loop is written list.map(x, x + 1), a comparison with ">="',
    ],
    [
      "params.n // 2",
      "any",
      "//",
      'What is behind "//" is a comment and left out: ints are divided with "/", which leaves out the rest',
    ],
    [
      "(params.n // params.n) + 1",
      "any",
      "//",
      'What is behind "//" is a comment and left out: ints are divided with "/", which leaves out the rest',
    ],
    ["params.n // not more than 2", "int"],
    ["'a // 2'", "string"],
    ["params.date >= '2026-3-1'", "any", "'2026-3-1'", '"2026-3-1" is no date: write YYYY-MM-DD'],
    ["'yesterday' < params.date", "any", "'yesterday'", '"yesterday" is no date: write YYYY-MM-DD'],
    ["['x'].exists(params, params == 'y') && params.date <= '2026-02-31'", "bool"],
    ["[{'date': 'x'}].exists(params, params.date == 'x')", "bool"],
    [
      "format_date(params.date, 'YYYY/MM/DD')",
      "any",
      "YYYY/MM/DD",
      'This format has no code, so it comes out as it is: write "%Y/%m/%d"',
    ],
    [
      "format_date(run.scheduled_at, 'iso')",
      "any",
      "'iso'",
      'This format has no code, so it comes out as it is: write "%Y-%m-%d"',
    ],
    ["params.n > 1 | succeeded()", "any", "|", 'There is no "|": write "||"'],
    ["params.n in [1] && 'a' not in params.names", "any", "n", 'There is no "not in": write !(item in list)'],
    ["params.date is not null", "any", "i", 'There is no "is not": write "!="'],
    ["params.n is defined", "any", "i", "Whether something is there is asked with has(steps.a.outputs.rows)"],
    ["[x for x in params.names]", "any", "f", "A loop is written list.map(x, x + 1)"],
    ["duration(days=1)", "any", "=", "Arguments have no names: write them alone, in their order"],
    [
      "startsWith(params.date, '2026')",
      "any",
      "startsWith",
      "startsWith() is called on a value: write x.startsWith(…)",
    ],
    [
      "params.names.contains('a')",
      "any",
      "params.names.contains('a')",
      'Function does not take these arguments: "list.contains(string)". Write item in list',
    ],
    ["!params.date", "any", "!params.date", 'Operator does not fit: !string. Ask for its value: x == ""'],
    [
      "1 < params.n < 5",
      "any",
      "1 < params.n < 5",
      "Operator does not fit: bool < int. Each comparison has two sides: write a < b && b < c",
    ],
    [
      "true == 'true'",
      "any",
      "true == 'true'",
      "Operator does not fit: bool == string. Write true or false without quotes",
    ],
    [
      "params.names[-1]",
      "any",
      "-1",
      "This fails in every run: a list has no element before its first: the last is list[size(list) - 1]",
    ],
    ["var.key", "any", "var", '"var" is a word that CEL keeps for itself: nothing has it as a name'],
    ["params.n.toString()", "any", "toString", "There is no toString(): write string(…)"],
    ["execution_date", "any", "execution_date", 'Unknown name "execution_date": write run.scheduled_at'],
    [
      "github.sha",
      "any",
      "github",
      'Unknown name "github": a run has its commit as run.commit, its environment as run.environment',
    ],
    ["1 +", "any", "", "Expression ends too early"],
    ["succeeded()", "any", "succeeded", "succeeded() is known only where a step has needs: in its if"],
    ["1u == 1u", "any", "1u", "Unsigned ints are not supported: leave out the u"],
    ["b'a'", "any", "b'a'", "Bytes are not supported: use a string"],
    [
      "google.protobuf.Timestamp{}",
      "any",
      "{",
      'Messages are not supported: a map is written {"key": value}, with no name before it',
    ],
    ["cel.bind(a, 1, a)", "any", "cel.bind(a, 1, a)", "Function bind() is not supported"],
  ];
  const checker = createExpressionChecker(SCOPE);
  for (const [source, expected, culprit, message] of table) {
    test(`${message === undefined ? "accepts" : "refuses"} ${source} for ${expected}`, () => {
      const { problems } = checker.check(source, parseValueType(expected) ?? "any");
      if (message === undefined) return assert.deepEqual(problems, []);
      const [problem] = problems;
      assert.ok(problem !== undefined);
      if (!problem.message.startsWith("Unexpected")) assert.equal(problem.message, message);
      if (!problem.message.startsWith("Unexpected"))
        assert.equal(source.slice(problem.start, problem.end), culprit);
    });
  }

  test("names every unknown name, not just the first", () => {
    const { problems } = checker.check("params.first + params.second");
    assert.deepEqual(
      problems.map(({ code, start, end }) => ({ code, start, end })),
      [
        { code: "expression-unknown-name", start: 7, end: 12 },
        { code: "expression-unknown-name", start: 22, end: 28 },
      ],
    );
  });

  test("lists what an expression refers to, and not the variables of its loops", () => {
    const source =
      "params.names.exists(steps, steps == params.date) && steps.extract.outputs.rows > size(signal['a'].b)";
    const { references } = checker.check(source);
    assert.deepEqual(
      references.map(({ path, start, end }) => [path.join("."), source.slice(start, end)]),
      [
        ["params.names", "params.names"],
        ["params.date", "params.date"],
        ["steps.extract.outputs.rows", "steps.extract.outputs.rows"],
        ["signal.a.b", "signal['a'].b"],
      ],
    );
  });

  test("knows succeeded() and failed() where the scope has the status of the needs", () => {
    const scope = { ...SCOPE, __succeeded: { name: "bool" }, __failed: { name: "bool" } } as const;
    assert.deepEqual(checkExpression("succeeded() || failed()", scope, { name: "bool" }).problems, []);
  });

  test("answers anything in bounded time", () => {
    for (const hostile of [
      "[".repeat(9000),
      "!".repeat(9999),
      "1+".repeat(4999) + "1",
      '"'.repeat(9999),
      "a.".repeat(4999) + "a",
      "x".repeat(10_001),
      "a ? b : ".repeat(1200) + "c",
    ]) {
      assert.notEqual(checker.check(hostile).problems.length, 0, hostile.slice(0, 20));
    }
  });

  test("has every function of ours documented with an example that is right", () => {
    const scope = {
      __succeeded: { name: "bool" },
      __failed: { name: "bool" },
      run: record({ scheduled_at: "timestamp", started_at: "timestamp" }),
      params: record({
        date: "date",
        table: "string",
        tables: "string",
        file: "string",
        share: "double",
        countries: "list<string>",
      }),
      steps: { name: "any" },
    } as const;
    for (const { name, doc, example } of EXPRESSION_FUNCTIONS) {
      assert.deepEqual(checkExpression(example, scope).problems, [], name);
      assert.ok(doc.length > 5, name);
    }
  });
});

function record(fields: Readonly<Record<string, string>>): ScopeType {
  const types = Object.entries(fields).map(
    ([name, text]) => [name, parseValueType(text) ?? { name: "json" }] as const,
  );
  return { name: "record", fields: Object.fromEntries(types) };
}

import assert from "node:assert/strict";
import { bindStatement, splitStatements } from "#server/steps/postgres/host/statements.js";

/** The statements as the server gets them, params `a` = 1, `b` = "x", `c` = [1, "y"] bound. */
function bound(query: string): readonly unknown[] {
  const params = {
    a: 1,
    b: "x",
    c: [1, 'y"', null],
    d: { k: [true] },
    e: 2 ** 40,
    f: 0.5,
    g: false,
    h: null,
  };
  return splitStatements(query).map((statement) => {
    const { text, values } = bindStatement(statement, params);
    return values.length === 0 ? text : [text, ...values];
  });
}

describe("splitStatements()", () => {
  for (const { name, query, expected } of [
    { name: "at semicolons", query: "select 1; select 2;\n", expected: ["select 1", "select 2"] },
    {
      name: "not within texts and names",
      query: `select ';' as ";"; select e'\\';'`,
      expected: [`select ';' as ";"`, "select e'\\';'"],
    },
    {
      name: "not within comments, nor comments in them",
      query: "select 1 /* ; /* ; */ ; */; -- ;\nselect 2",
      expected: ["select 1 /* ; /* ; */ ; */", "-- ;\nselect 2"],
    },
    {
      name: "not within a text with escapes that goes on in the next line",
      query: "select e'a'\n  'b\\'; drop table x; --'; select E'c' -- c\n 'd\\';'",
      expected: ["select e'a'\n  'b\\'; drop table x; --'", "select E'c' -- c\n 'd\\';'"],
    },
    {
      name: "not between dollars with letters of any script",
      query: "select $täg$ ; $täg$; select 2",
      expected: ["select $täg$ ; $täg$", "select 2"],
    },
    {
      name: "not between dollars",
      query: "do $$ begin; end $$; select $x$ ;$$; $x$",
      expected: ["do $$ begin; end $$", "select $x$ ;$$; $x$"],
    },
    {
      name: "not within the body of a routine",
      query:
        "create or replace function f() returns int begin atomic; select case when true then 1 end; end; select 2",
      expected: [
        "create or replace function f() returns int begin atomic; select case when true then 1 end; end",
        "select 2",
      ],
    },
    {
      name: "as before where a transaction begins",
      query: "begin; select 1; end",
      expected: ["begin", "select 1", "end"],
    },
    { name: "into none where there is nothing but comments", query: "; -- a\n;/* b */", expected: [] },
  ]) {
    it(`cuts a query ${name}`, () => assert.deepEqual(bound(query), expected));
  }
});

describe("bindStatement()", () => {
  it("gives each place a parameter of its own, typed as the literal would be", () => {
    assert.deepEqual(bound("select $a, $b, $a::text, $e, $f, $g, $h"), [
      [
        "select $1::int4, $2, $3::int4::text, $4::int8, $5::numeric, $6::bool, $7",
        "1",
        "x",
        "1",
        "1099511627776",
        "0.5",
        "false",
        null,
      ],
    ]);
  });

  it("binds lists as arrays and maps as JSON", () => {
    assert.deepEqual(bound("select $c, $d"), [
      ["select $1, $2", String.raw`{"1","y\"",NULL}`, '{"k":[true]}'],
    ]);
  });

  it("takes nothing for a param that stands in a text, a name, a comment or a word", () => {
    const query = `select '$a', "$a", a$a, $$ $a $$ -- $a`;
    assert.deepEqual(bound(query), [query]);
  });
});

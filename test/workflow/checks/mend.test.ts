import assert from "node:assert/strict";
import { compileProject } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

/** The text of a workflow after every fix that its findings carry. */
function mended(text: string): string {
  const { diagnostics } = compileProject(treeOfTexts({ "a.workflow.yaml": text }));
  const edits = diagnostics.flatMap(({ fix }) => fix?.edits ?? []);
  const backwards = edits.toSorted((a, b) => b.range.start - a.range.start);
  return backwards.reduce(
    (mending, { range, newText }) => mending.slice(0, range.start) + newText + mending.slice(range.end),
    text,
  );
}

describe("the fix of a finding", () => {
  const used = `    env: { ROWS: "\${{ steps.one.outputs.rows }}" }\n`;
  const one = "workflow: a\nsteps:\n  one: { run: 'true', outputs: { rows: int } }\n  other: { noop: }\n";
  const table: readonly (readonly [string, string, string])[] = [
    [
      "adds needs to a step without",
      "  two:\n    run: 'true'\n",
      "  two:\n    needs: [one]\n    run: 'true'\n",
    ],
    [
      "adds to needs in brackets",
      "  two:\n    needs: [other]\n    run: 'true'\n",
      "  two:\n    needs: [other, one]\n    run: 'true'\n",
    ],
    [
      "adds to a needs of one",
      "  two:\n    needs: other\n    run: 'true'\n",
      "  two:\n    needs: [other, one]\n    run: 'true'\n",
    ],
    [
      "adds to needs in lines",
      "  two:\n    needs:\n      - other\n    run: 'true'\n",
      "  two:\n    needs:\n      - one\n      - other\n    run: 'true'\n",
    ],
  ];
  for (const [name, before, after] of table) {
    it(name, () => {
      assert.equal(mended(one + before + used), one + after + used);
    });
  }

  it("breaks lines as the file does", () => {
    const [, before, after] = table[0] ?? ["", "", ""];
    const windows = (text: string): string => text.replaceAll("\n", "\r\n");
    assert.equal(mended(windows(one + before + used)), windows(one + after + used));
  });

  it("adds needs to a step in braces", () => {
    const step = (needs: string): string =>
      `${one}  two: { ${needs}noop: , if: steps.one.outputs.rows > 0 }\n`;
    assert.equal(mended(step("")), step("needs: [one], "));
  });

  it("writes the key of ours for that of another system, and the nearest one, on every level at once", () => {
    assert.equal(
      mended("workflow: a\njobs:\n  one: { script: 'true', timout: 1m, outputs: { n: integer } }\n"),
      "workflow: a\nsteps:\n  one: { run: 'true', timeout: 1m, outputs: { n: int } }\n",
    );
  });

  it("writes a number of retries as those of errors, in lines and in braces", () => {
    const lines = (entry: string): string =>
      `workflow: a\nsteps:\n  one:\n    ${entry} # often\n    run: 'true'\n`;
    assert.equal(mended(lines("retries: 3")), lines("retry: { errors: 3 }"));
    const braces = (entry: string): string => `workflow: a\nsteps: { one: { ${entry}, run: 'true' } }\n`;
    assert.equal(mended(braces("max_retries: 2")), braces("retry: { errors: 2 }"));
    assert.equal(mended(braces("retries: many")), braces("retries: many"));
  });

  it("writes ids, and references to steps, in ASCII", () => {
    const cyrillicO = "\u043e";
    const text = (id: string, step: string, need: string): string =>
      `workflow: ${id}\nsteps:\n  ${step}: { noop: }\n  extract: { noop: }\n  last: { noop: , needs: [${need}] }\n`;
    assert.equal(
      mended(text(`d${cyrillicO}-it`, `l${cyrillicO}ad`, "\uff45xtract")),
      text("do-it", "load", "extract"),
    );
  });

  it("never writes an id that another step has", () => {
    const text = "workflow: a\nsteps:\n  load: { noop: }\n  l\u043ead: { noop: }\n";
    assert.equal(mended(text), text);
  });

  it("takes an expression out of a script and out of a query", () => {
    const text = (script: string, query: string): string => `workflow: a
params: { day: { type: date } }
steps:
  s:
    ${script}
  t:
    sql:
      ${query}
`;
    assert.equal(
      mended(
        text(
          "run: load --day ${{ params.day }}",
          "connection: duckdb\n      query: select ${{ params.day }}\n      params: { day: 1 }",
        ),
      ),
      text(
        `env: { DAY: "\${{ params.day }}" }\n    run: load --day "$DAY"`,
        `connection: duckdb\n      query: select $day_2\n      params: { day_2: "\${{ params.day }}", day: 1 }`,
      ),
    );
  });

  it("writes that one of the values of a list is meant", () => {
    const text = (match: string): string =>
      `workflow: a\ntriggers:\n  - { signal: t.updated, match: { region: ${match}, n: 1 } }\nsteps: { one: { noop: } }\n`;
    assert.equal(mended(text("[eu, us]")), text("{ in: [eu, us] }"));
  });
});

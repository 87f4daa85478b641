import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TextDocument } from "vscode-languageserver-textdocument";
import { TOKEN_TYPES } from "@headwater/language-server";
import { openFiles, textIn, type Files } from "../opened-files.js";

/** What the structure of a document tells: outline, folds, selections, links, tokens, format, linked names, calls. */

const LOOP = `workflow: a
params:
  day: { type: date }
steps:
  load:
    foreach: { x: [1] }
    steps:
      copy:
        run: |
          one
          two
        outputs: { rows: int }
  sum:
    needs: [load]
    noop: {}
`;

describe("documentSymbols()", () => {
  it("is the tree of what a file defines", () => {
    const { service, uri } = openFiles({ "a.workflow.yaml": LOOP });
    const outline = (symbols: ReturnType<typeof service.symbols>, indent = ""): string[] =>
      symbols.flatMap(({ name, detail, children = [] }) => [
        `${indent}${detail} ${name}`,
        ...outline(children, `${indent}  `),
      ]);
    assert.deepEqual(outline(service.symbols(uri)), [
      "workflow a",
      "  param day",
      "  step load",
      "    variable x",
      "    step copy",
      "      output rows",
      "  step sum",
    ]);
  });
});

describe("workspaceSymbols()", () => {
  it("finds names by some of their letters, in every project", () => {
    const { service } = openFiles({
      "headwater.yaml": "project: p\n",
      "a.workflow.yaml": LOOP,
      "sub/headwater.yaml": "project: q\n",
      "sub/b.workflow.yaml": "workflow: b\nsteps: { copy_all: { noop: {} } }\n",
    });
    const found = (query: string): readonly string[] =>
      service.workspaceSymbols(query).map(({ name, containerName }) => `${containerName} ${name}`);
    assert.deepEqual(found("COP"), ["a.workflow.yaml copy", "b.workflow.yaml copy_all"]);
    assert.deepEqual(found("(.*)*x"), []);
  });
});

describe("foldingRanges()", () => {
  it("folds values, items and comments, each to its last written line", () => {
    const { service, uri } = openFiles({ "a.workflow.yaml": `# one\n# two\n${LOOP}\n\n` });
    const lines = service
      .folds(uri)
      .map(({ startLine, endLine, kind = "" }) => `${startLine}-${endLine}${kind}`);
    assert.deepEqual(
      lines.sort(),
      ["0-1comment", "10-12", "14-16", "3-4", "5-16", "6-13", "8-13", "9-13"].sort(),
    );
  });
});

describe("selectionRanges()", () => {
  it("grows from the name to the file", () => {
    const { service, uri, position, document } = openFiles({
      "a.workflow.yaml": "workflow: a\nsteps:\n  one: { noop: {} }\n  two: { needs: [o|ne], noop: {} }\n",
    });
    const texts: string[] = [];
    for (let at = service.selections(uri, [position])[0]; at !== undefined; at = at.parent)
      texts.push(textIn(document("a.workflow.yaml"), at.range).trim());
    assert.deepEqual(texts.slice(0, 5), [
      "one",
      "[one]",
      "needs: [one]",
      "{ needs: [one], noop: {} }",
      "two: { needs: [one], noop: {} }",
    ]);
    assert.match(texts.at(-1) ?? "", /^workflow: a/);
  });
});

describe("documentLinks()", () => {
  it("leads to templates and queries that are there", () => {
    const { service, uriOf, pathOf } = openFiles({
      "flows/a.workflow.yaml":
        "workflow: a\nsteps:\n  one: { use: ./t.template.yaml }\n  two: { sql: { connection: duckdb, file: q.sql } }\n  no: { use: gone.template.yaml }\n",
      "flows/t.template.yaml": "template: t\nnoop: {}\n",
      "q.sql": "select 1",
    });
    assert.deepEqual(
      service.links(uriOf("flows/a.workflow.yaml")).map(({ target }) => pathOf(target ?? "")),
      ["flows/t.template.yaml", "q.sql"],
    );
  });
});

describe("semanticTokens()", () => {
  it("tells names and the parts of expressions, also in block texts", () => {
    const text = `workflow: a
params: { n: { type: int } }
steps:
  one: { run: x, outputs: { rows: int } }
  two:
    needs: [one]
    if: succeeded() && steps.one.outputs.rows > 10
    run: x
    env:
      A: |
        day \${{ string(params.n) + "x" }}
`;
    const { service, uri, document } = openFiles({ "a.workflow.yaml": text });
    const numbers = service.tokens(uri);
    const tokens: string[] = [];
    let [line, character] = [0, 0];
    for (let at = 0; at < numbers.length; at += 5) {
      const [lines = 0, characters = 0, length = 0, type = 0, modifiers = 0] = numbers.slice(at, at + 5);
      [line, character] = [line + lines, lines === 0 ? character + characters : characters];
      const start = document("a.workflow.yaml").offsetAt({ line, character });
      tokens.push(`${TOKEN_TYPES[type]}${modifiers === 1 ? "!" : ""} ${text.slice(start, start + length)}`);
    }
    assert.deepEqual(tokens, [
      "namespace! a",
      "parameter! n",
      "function! one",
      "property! rows",
      "function! two",
      "function one",
      "function succeeded",
      "operator &&",
      "variable steps",
      "function one",
      "property outputs",
      "property rows",
      "operator >",
      "number 10",
      "function string",
      "variable params",
      "parameter n",
      "operator +",
      'string "x"',
    ]);
  });
});

describe("formattingEdits()", () => {
  const UGLY = "workflow:   a\nsteps:\n    one:   {noop: {}}\n    two:\n        noop:   {}\n";

  function formatted(lines?: { readonly start: number; readonly end: number }): string {
    const { service, uri, document } = openFiles({ "a.workflow.yaml": UGLY });
    return TextDocument.applyEdits(document("a.workflow.yaml"), service.format(uri, lines));
  }

  it("makes of a file what `headwater fmt` makes of it, line by line", () => {
    assert.equal(formatted(), "workflow: a\nsteps:\n  one: { noop: {} }\n  two:\n    noop: {}\n");
  });

  it("touches only the lines that are asked for", () => {
    assert.equal(formatted({ start: 0, end: 0 }), UGLY.replace(":   a", ": a"));
  });

  it("leaves a file alone that does not parse", () => {
    const { service, uri } = openFiles({ "a.workflow.yaml": "a: [\n  b:   c" });
    assert.deepEqual(service.format(uri), []);
  });
});

describe("linkedRangesAt()", () => {
  it("ties the places of a step's name in its file", () => {
    const { service, uri, position } = openFiles({
      "a.workflow.yaml": "workflow: a\nsteps:\n  o|ne: { noop: {} }\n  two: { needs: [one], noop: {} }\n",
    });
    assert.deepEqual(
      service.linkedRanges(uri, position)?.ranges.map(({ start }) => `${start.line}:${start.character}`),
      ["2:2", "3:17"],
    );
  });
});

describe("callItemsAt()", () => {
  const FILES: Files = {
    "a.workflow.yaml": "workflow: |a\nsteps: { one: { noop: {}, emit: { signal: ready } } }\n",
    "b.workflow.yaml": "workflow: b\ntriggers: [{ signal: ready }]\nsteps: { call: { workflow: c } }\n",
    "c.workflow.yaml": "workflow: c\nsteps: { one: { noop: {} } }\n",
    "d.workflow.yaml": "workflow: d\ntriggers: [{ workflow: a }]\nsteps: { one: { noop: {} } }\n",
  };

  it("knows who makes whom run: by a signal, a step and a trigger", () => {
    const { service, uri, uriOf, position } = openFiles(FILES);
    const [item] = service.callItems(uri, position);
    assert.ok(item);
    assert.deepEqual(
      service.outgoingCalls(item).map(({ to }) => to.name),
      ["b", "d"],
    );
    const [c] = service.callItems(uriOf("c.workflow.yaml"), { line: 1, character: 0 });
    assert.ok(c);
    assert.deepEqual(
      service.incomingCalls(c).map(({ from, fromRanges }) => [from.name, fromRanges[0]?.start]),
      [["b", { line: 2, character: 27 }]],
    );
  });
});

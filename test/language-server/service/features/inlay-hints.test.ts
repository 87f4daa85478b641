import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TextDocument } from "vscode-languageserver-textdocument";
import { serviceWith, settle, uriOf } from "../marked-project.js";

const NOW = Date.UTC(2026, 10, 26, 12);
const ALL = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

const TEXT = `workflow: a
triggers:
  - schedule: "0 6 * * *"
    timezone: Asia/Tokyo
  - signal: orders.ready
  - { schedule: nonsense }
params: { tags: { type: list<string> } }
steps:
  each_one:
    foreach: { tag: "\${{ params.tags }}", n: [1, 2], what: "\${{ secrets.X }}" }
    steps: { b: { noop: {} } }
  again:
    while: loop.n < 3
    vars: { n: 0 }
    next: { n: "\${{ loop.n + 1 }}" }
    steps: { c: { noop: {} } }
`;

/** What is written with its hints in brackets. */
function hinted(text: string, edit: (text: string) => string = (same) => same): string {
  const service = serviceWith({});
  const uri = uriOf("a.workflow.yaml");
  service.workspace.open(uri, 1, text);
  settle(service);
  const edited = edit(text);
  service.workspace.change(uri, 2, [{ text: edited }]);
  const edits = service.inlayHints(uri, ALL, NOW).map(({ position, label }) => ({
    range: { start: position, end: position },
    newText: `[${typeof label === "string" ? label : ""}]`,
  }));
  return TextDocument.applyEdits(TextDocument.create(uri, "", 1, edited), edits);
}

const HINTS = [
  '"0 6 * * *"[next Fri 2026-11-27 06:00]',
  '"${{ params.tags }}"[string]',
  "[1, 2][int]",
  "vars: { n: 0[int] }",
];

describe("inlayHints()", () => {
  it("tells the next fire of a schedule and the types of the variables of loops", () => {
    const text = hinted(TEXT);
    assert.deepEqual(
      HINTS.filter((hint) => !text.includes(hint)),
      [],
      text,
    );
    assert.equal(text.length - TEXT.length, "[next Fri 2026-11-27 06:00][string][int][int]".length);
  });

  it("tells what a template and another workflow give to a step that does not say it", () => {
    const service = serviceWith({
      "count.template.yaml":
        "template: count\nrun: x\noutputs: { a: int, b: list<string>, c: bool, d: int }\n",
      "child.workflow.yaml":
        'workflow: child\noutputs: { n: { type: int, value: "${{ 1 + 1 }}" } }\nsteps: { s: { noop: {} } }\n',
    });
    const uri = uriOf("a.workflow.yaml");
    const text =
      "workflow: a\nsteps:\n  one: { use: ./count.template.yaml }\n  two: { workflow: child }\n  three: { workflow: child, outputs: { n: int } }\n  apart: { workflow: child, wait: false }\n";
    service.workspace.open(uri, 1, text);
    assert.deepEqual(
      service.inlayHints(uri, ALL, NOW).map(({ position: { line }, label }) => [line, label]),
      [
        [2, "gives a: int, b: list<string>, c: bool, …"],
        [3, "gives n: int"],
        [5, "gives run_id: string"],
      ],
    );
  });

  it("moves them with the text while nothing has been checked", () => {
    const text = hinted(TEXT, (before) => before.replace("- signal", "# another\n  - signal"));
    assert.deepEqual(
      HINTS.filter((hint) => !text.includes(hint)),
      [],
      text,
    );
  });

  it("has none for a part that is not asked for", () => {
    const service = serviceWith({});
    service.workspace.open(uriOf("a.workflow.yaml"), 1, TEXT);
    const line = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    assert.deepEqual(service.inlayHints(uriOf("a.workflow.yaml"), line, NOW), []);
  });
});

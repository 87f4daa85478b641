import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TextDocument } from "vscode-languageserver-textdocument";
import { openFiles, type Files } from "../opened-files.js";

/** The files after the name at the cursor was given another one, or why it cannot be. */
function renamed(files: Files, newName: string): Files | string {
  const opened = openFiles(files);
  const { service, uri, position, document, uriOf } = opened;
  const answer = service.rename(uri, position, newName);
  if (answer?.ok !== true) return answer?.message ?? "nothing";
  return Object.fromEntries(
    Object.keys(files).map((path) => {
      const edits = answer.edit.changes?.[uriOf(path)] ?? [];
      return [path, TextDocument.applyEdits(document(path), edits)];
    }),
  );
}

/** One file with a name at `|`. */
const LOOP = (key: string): string => `workflow: a
steps:
  load:
    foreach: { ${key}: [1, 2] }
    steps:
      copy: { run: "echo", outputs: { rows: int } }
  sum:
    needs: [load]
    if: steps.load.outputs.copy.rows.size() > 1
    noop: {}
`;

describe("renameAt()", () => {
  for (const [what, name] of [
    ["step", "in"],
    ["step", "true"],
    ["step", "null"],
    ["param", "false"],
  ] as const)
    it(`refuses the word "${name}" of expressions as the name of a ${what}`, () => {
      const text = { step: "steps: { o|ne: { noop: {} } }", param: "params: { o|ne: { type: string } }" }[what];
      const message = `"${name}" is a word of expressions, which can name a ${what} so only in brackets: ["${name}"]. Take another name`;
      assert.equal(renamed({ "a.workflow.yaml": `workflow: a\n${text}\n` }, name), message);
    });

  it("refuses the name that is the number of an iteration for an item of a foreach, and for nothing else", () => {
    assert.match(String(renamed({ "a.workflow.yaml": LOOP("month|") }, "index")), /number of the iteration/);
    assert.deepEqual(renamed({ "a.workflow.yaml": LOOP("month").replace("copy", "co|py") }, "index"), {
      "a.workflow.yaml": LOOP("month").replaceAll("copy", "index"),
    });
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TextDocument } from "vscode-languageserver-textdocument";
import { RenameFile, TextDocumentEdit, TextEdit, type WorkspaceEdit } from "vscode-languageserver-types";
import { openFiles, type Files, type OpenedFiles } from "../opened-files.js";

/** The files after the name at the cursor was given another one. */
function renamed(files: Files, newName: string, renamesFiles = false): Files {
  const opened = openFiles(files);
  const answer = opened.service.rename(opened.uri, opened.position, { newName, renamesFiles });
  assert.ok(answer?.ok, refusal(files, newName, renamesFiles));
  return edited(opened, answer.edit);
}

/** Why it cannot be. */
function refusal(files: Files, newName: string, renamesFiles = false): string {
  const { service, uri, position } = openFiles(files);
  const answer = service.rename(uri, position, { newName, renamesFiles });
  return answer?.ok === false ? answer.message : "it is renamed";
}

/** The files after edits, as an editor does them. */
function edited({ service, document, pathOf }: OpenedFiles, edit: WorkspaceEdit): Files {
  const paths = [...service.workspace.files.uris()].map(pathOf);
  const files = new Map(paths.map((path) => [path, document(path).getText()]));
  const write = (uri: string, edits: TextEdit[]): void => {
    const path = pathOf(uri);
    files.set(path, TextDocument.applyEdits(document(path), edits));
  };
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) write(uri, edits);
  for (const change of edit.documentChanges ?? []) {
    if (TextDocumentEdit.is(change)) write(change.textDocument.uri, change.edits.filter(TextEdit.is));
    else if (RenameFile.is(change)) {
      files.set(pathOf(change.newUri), files.get(pathOf(change.oldUri)) ?? "");
      files.delete(pathOf(change.oldUri));
    }
  }
  return Object.fromEntries(files);
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
      const text = { step: "steps: { o|ne: { noop: {} } }", param: "params: { o|ne: { type: string } }" }[
        what
      ];
      const message = `"${name}" is a word of expressions, which can name a ${what} so only in brackets: ["${name}"]. Take another name`;
      assert.equal(refusal({ "a.workflow.yaml": `workflow: a\n${text}\n` }, name), message);
    });

  it("refuses the name that is the number of an iteration for an item of a foreach, and for nothing else", () => {
    assert.match(refusal({ "a.workflow.yaml": LOOP("month|") }, "index"), /number of the iteration/);
    assert.deepEqual(renamed({ "a.workflow.yaml": LOOP("month").replace("copy", "co|py") }, "index"), {
      "a.workflow.yaml": LOOP("month").replaceAll("copy", "index"),
    });
  });

  it("refuses a rename of some places only, where a file cannot be read as a whole", () => {
    const broken =
      "workflow: a\nsteps:\n  lo|ad: { noop: {} }\n  b: { run: 'x }\n  c: { needs: [load], noop: {} }\n";
    assert.match(
      refusal({ "a.workflow.yaml": broken }, "copy"),
      /^"a.workflow.yaml" cannot be read as a whole/,
    );
    const whole = "workflow: a\nsteps:\n  lo|ad: { noop: {} }\n";
    const caller = "workflow: b\nsteps:\n  s: { run: 'x }\n  # load\n";
    assert.match(
      refusal({ "a.workflow.yaml": whole, "b.workflow.yaml": caller }, "copy"),
      /^"b.workflow.yaml"/,
    );
    const other = caller.replace("load", "");
    assert.ok(renamed({ "a.workflow.yaml": whole, "b.workflow.yaml": other }, "copy"));
  });

  it("gives one of two workflows of one id another one, and with the first those that run it", () => {
    const files = (first: string, second: string): Files => ({
      "a.workflow.yaml": `workflow: ${first}\nparams: { day: { type: date } }\nsteps: { s: { noop: {} } }\n`,
      "b.workflow.yaml": `workflow: ${second}\nparams: { day: { type: date } }\nsteps: { s: { noop: {} } }\n`,
      "c.workflow.yaml": `workflow: c\nsteps: { s: { workflow: ${first}, with: { day: 2026-01-01 } } }\n`,
    });
    const unmarked = files("one", "one");
    const [first, second] = [
      files("o|ne", "one")["a.workflow.yaml"] ?? "",
      files("one", "o|ne")["b.workflow.yaml"] ?? "",
    ];
    assert.deepEqual(renamed({ ...unmarked, "b.workflow.yaml": second }, "two"), files("one", "two"));
    assert.deepEqual(renamed({ ...unmarked, "a.workflow.yaml": first }, "two"), files("two", "one"));
  });

  const CHECK = "template: check\ninputs: { n: { type: int } }\nsql: { file: ./count.sql }\n";
  const user = (template: string): string =>
    `workflow: a\nsteps:\n  one: { use: ${template}, with: { n: 1 } }\n`;

  it("renames a template with its file, wherever it is used", () => {
    const files = (name: string): Files => ({
      "a.workflow.yaml": user(`checks/${name}.template.yaml`),
      "checks/b.workflow.yaml": user(`"./${name}.template.yaml"`),
      [`checks/${name}.template.yaml`]: CHECK.replace("check", name),
      "checks/count.sql": "select 1",
    });
    const before = files("check");
    const places = {
      "checks/check.template.yaml": CHECK.replace("check", "ch|eck"),
      "a.workflow.yaml": user("checks/che|ck.template.yaml"),
    };
    for (const place of Object.entries(places))
      assert.deepEqual(renamed({ ...before, ...Object.fromEntries([place]) }, "audit", true), files("audit"));
    const marked = { ...before, "checks/check.template.yaml": CHECK.replace("check", "ch|eck") };
    assert.match(refusal({ ...marked, "checks/audit.template.yaml": "" }, "audit", true), /already/);
    assert.match(refusal(marked, "an audit", true), /cannot be the name of a template/);
    assert.deepEqual(renamed(marked, "audit"), {
      ...before,
      "checks/check.template.yaml": CHECK.replace("check", "audit"),
    });
  });
});

describe("moveFiles()", () => {
  /** The files before one of them, or a folder, is moved. */
  function moved(files: Files, from: string, to: string): Files {
    const opened = openFiles(files);
    const edit = opened.service.moveFiles([{ oldUri: opened.uriOf(from), newUri: opened.uriOf(to) }]);
    return edit === null ? files : edited(opened, edit);
  }

  it("goes on to name a template, a query and a script that are moved, as they were named", () => {
    const files = (sql: string, template: string, script: string): Files => ({
      "headwater.yaml": "project: p\n",
      "flows/a.workflow.yaml": `workflow: a
steps:
  one: { use: ${template} }
  two: { sql: { file: "${sql}" } }
  three:
    run: |
      echo jobs/load.py
      python jobs/load.py --all && ${script} < jobs/none.txt
`,
      "flows/b.template.yaml": "template: b\nnoop: {}\n",
      "sql/q.sql": "select 1",
      "jobs/load.sh": "",
    });
    const before = files("sql/q.sql", "./b.template.yaml", "./jobs/load.sh");
    assert.deepEqual(
      moved(before, "sql", "queries/daily"),
      files("queries/daily/q.sql", "./b.template.yaml", "./jobs/load.sh"),
    );
    assert.deepEqual(
      moved(before, "flows/b.template.yaml", "templates/c.template.yaml"),
      files("sql/q.sql", "../templates/c.template.yaml", "./jobs/load.sh"),
    );
    assert.deepEqual(
      moved(before, "jobs/load.sh", "bin/load.sh"),
      files("sql/q.sql", "./b.template.yaml", "./bin/load.sh"),
    );
    assert.deepEqual(
      moved(before, "flows/a.workflow.yaml", "a.workflow.yaml"),
      files("sql/q.sql", "./flows/b.template.yaml", "./jobs/load.sh"),
    );
    assert.deepEqual(moved(before, "flows", "all"), before);
  });
});

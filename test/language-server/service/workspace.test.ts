import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { openFiles, type OpenedFiles } from "./opened-files.js";

const DRAFT = "untitled:Untitled-1";
const FILES = {
  "headwater.yaml": "project: growth\n",
  "flows/count.workflow.yaml":
    'workflow: count\nparams: { rows: { type: int } }\nsteps:\n  draw: { if: "params.rows > 0", noop: {} }\n',
};

function write(opened: OpenedFiles, text: string): void {
  opened.service.workspace.open(DRAFT, 1, text);
}

function codesOf({ service }: OpenedFiles, uri: string): readonly unknown[] {
  Array.from(service.check());
  return service.diagnosticsOf(uri).map(({ code }) => code);
}

describe("a document that was never saved", () => {
  it("is checked as if it were saved in the folder that is open", () => {
    const opened = openFiles(FILES);
    write(
      opened,
      "workflow: all\nsteps:\n  one: { workflow: count, with: { row: 1 } }\n  two: { needs: [on] }\n",
    );
    assert.deepEqual(codesOf(opened, DRAFT), ["subworkflow-param", "step-kind-missing", "unknown-need"]);
    assert.ok(opened.service.filesWithFindings().has(DRAFT));
  });

  it("may have a name with escapes that are none", () => {
    const opened = openFiles(FILES);
    for (const uri of ["untitled:%E0", "untitled:%", "file:///elsewhere/%E0.workflow.yaml"]) {
      opened.service.workspace.open(uri, 1, "workflow: all\nstesp: {}\n");
      assert.ok(codesOf(opened, uri).includes("unknown-key"), uri);
      opened.service.workspace.close(uri);
    }
  });

  it("completes what the files of the folder give", () => {
    const opened = openFiles(FILES);
    const text = "workflow: all\nsteps:\n  one: { workflow: ";
    write(opened, text);
    const abilities = { hasSnippets: false, keepsIndent: false };
    const position = { line: 2, character: text.length - text.lastIndexOf("\n") - 1 };
    const offered = opened.service.completions(DRAFT, position, abilities).map(({ label }) => label);
    assert.deepEqual(offered, ["count"]);
  });

  it("changes nothing of what is said of a file", () => {
    const opened = openFiles(FILES);
    const saved = opened.uriOf("flows/count.workflow.yaml");
    write(opened, FILES["flows/count.workflow.yaml"]);
    assert.deepEqual(codesOf(opened, saved), []);
    assert.deepEqual(codesOf(opened, DRAFT), ["duplicate-workflow"]);
    assert.deepEqual([...opened.service.filesWithFindings()], [DRAFT]);
  });

  it("follows the files that it names", () => {
    const opened = openFiles(FILES);
    write(opened, "workflow: all\nsteps:\n  one: { workflow: count, with: { rows: 1 } }\n");
    assert.deepEqual(codesOf(opened, DRAFT), []);
    const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } };
    opened.service.workspace.change(opened.uriOf("flows/count.workflow.yaml"), 2, [{ range, text: "" }]);
    assert.deepEqual(codesOf(opened, DRAFT), ["subworkflow-param"]);
  });

  it("is a test or a template once its text says so", () => {
    const opened = openFiles(FILES);
    write(opened, "workflow: count\n");
    const end = { line: 1, character: 0 };
    opened.service.workspace.change(DRAFT, 2, [
      {
        range: { start: end, end },
        text: "tests:\n  it draws:\n    expect: { steps: { drow: succeeded } }\n",
      },
    ]);
    assert.deepEqual(codesOf(opened, DRAFT), ["test-param", "unknown-step"]);
  });

  it("is known without any folder, and gone when it is closed", () => {
    const opened = openFiles({ "notes.txt": "" });
    opened.service.workspace.setFolders([]);
    write(opened, "workflow: alone\nstesp: {}\n");
    assert.deepEqual(codesOf(opened, DRAFT), ["unknown-key", "invalid-value"]);
    opened.service.workspace.close(DRAFT);
    assert.deepEqual([...opened.service.filesWithFindings()], []);
  });

  it("makes no template, which would be in no folder", () => {
    const opened = openFiles(FILES);
    write(opened, "workflow: all\nsteps:\n  one:\n    run: echo one\n");
    const at = { line: 3, character: 6 };
    const options = { makesFiles: true, only: null };
    const titles = opened.service
      .codeActions(DRAFT, { start: at, end: at }, options)
      .map(({ title }) => title);
    assert.deepEqual(titles, []);
  });
});

describe("the names of a project", () => {
  it("are read again of what is edited alone, also beside files that call each other", () => {
    const { service, uriOf } = openFiles({
      "headwater.yaml": "project: growth\n",
      "caller.workflow.yaml": "workflow: caller\nsteps: { call: { workflow: callee } }\n",
      "callee.workflow.yaml": "workflow: callee\nsteps: { one: { noop: {} } }\n",
      "other.workflow.yaml": "workflow: other\nsteps: { one: { noop: {} } }\n",
    });
    const project = service.workspace.find(uriOf("caller.workflow.yaml"))!.project;
    const [caller, other] = ["caller", "other"].map((id) => project.occurrences(`${id}.workflow.yaml`));
    const text = "workflow: other\nsteps: { two: { noop: {} } }\n";
    service.workspace.open(uriOf("other.workflow.yaml"), 2, text);
    assert.equal(project.occurrences("caller.workflow.yaml"), caller);
    assert.notEqual(project.occurrences("other.workflow.yaml"), other);
  });
});

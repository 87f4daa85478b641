import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compileProject, createCompileCache, type SourceTree } from "@headwater/workflow";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  CreateFile,
  RenameFile,
  TextDocumentEdit,
  type CodeAction,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-types";
import { markedProject, uriOf } from "../marked-project.js";

/** The actions at a place, and what each of them makes of the files. */
function actionsAt(
  marked: string,
  only: readonly string[] | null = null,
  files: Readonly<Record<string, string>> = {},
): readonly (CodeAction & { readonly files: Readonly<Record<string, string>> })[] {
  const { service, uri, position, text } = markedProject(marked, files);
  const options = { only, makesFiles: true };
  const actions = service.codeActions(uri, { start: position, end: position }, options);
  return actions.map((action) => ({
    ...action,
    files: applied({ ...files, "main.workflow.yaml": text }, action.edit ?? {}),
  }));
}

function applied(files: Readonly<Record<string, string>>, edit: WorkspaceEdit): Record<string, string> {
  const after: Record<string, string> = { ...files };
  const change = (uri: string, edits: readonly TextEdit[]): void => {
    const path = Object.keys(after).find((candidate) => uriOf(candidate) === uri) ?? "";
    after[path] = TextDocument.applyEdits(TextDocument.create(uri, "", 1, after[path] ?? ""), [...edits]);
  };
  for (const [uri, edits] of Object.entries(edit.changes ?? {})) change(uri, edits);
  for (const part of edit.documentChanges ?? []) {
    if (CreateFile.is(part)) after[part.uri.slice(uriOf("").length)] = "";
    else if (TextDocumentEdit.is(part))
      change(
        part.textDocument.uri,
        part.edits.filter((one) => "newText" in one),
      );
    else assert.ok(!RenameFile.is(part));
  }
  return after;
}

/** Takes the first action with a title that matches, and answers the main file. */
function mended(marked: string, title: RegExp, only?: readonly string[]): string {
  const found = actionsAt(marked, only).find((action) => title.test(action.title));
  return found?.files["main.workflow.yaml"] ?? "";
}

const MENDS: readonly (readonly [what: string, marked: string, title: RegExp, after: string])[] = [
  [
    "a misspelt key",
    "workflow: a\nste¦sp: { b: { noop: {} } }\n",
    /Write "steps"/,
    "workflow: a\nsteps: { b: { noop: {} } }\n",
  ],
  [
    "a missing need",
    "workflow: a\nsteps:\n  b: { run: x, outputs: { n: int } }\n  c:\n    run: x\n    env:\n      N: ${{ steps.¦b.outputs.n }}\n",
    /Add "b" to "needs"/,
    "workflow: a\nsteps:\n  b: { run: x, outputs: { n: int } }\n  c:\n    needs: [b]\n    run: x\n    env:\n      N: ${{ steps.b.outputs.n }}\n",
  ],
  [
    "an operator of another language",
    "workflow: a\nparams: { n: { type: int, default: 1 } }\nsteps:\n  b: { run: x, if: params.n > 0 an¦d params.n < 9 }\n",
    /Write "&&"/,
    "workflow: a\nparams: { n: { type: int, default: 1 } }\nsteps:\n  b: { run: x, if: params.n > 0 && params.n < 9 }\n",
  ],
  [
    "one of them in braces",
    'workflow: a\nparams: { n: { type: int, default: 1 } }\nsteps:\n  b: { run: x, env: { N: "${{ params.n <¦> 1 }}" } }\n',
    /Write "!="/,
    'workflow: a\nparams: { n: { type: int, default: 1 } }\nsteps:\n  b: { run: x, env: { N: "${{ params.n != 1 }}" } }\n',
  ],
  [
    "an expression in a script",
    "workflow: a\nparams: { day: { type: date, default: 2026-01-01 } }\nsteps:\n  b:\n    run: echo ${{ par¦ams.day }}\n",
    /Move the expression to "env"/,
    'workflow: a\nparams: { day: { type: date, default: 2026-01-01 } }\nsteps:\n  b:\n    env: { DAY: "${{ params.day }}" }\n    run: echo "$DAY"\n',
  ],
];

/** Each step is the one with the mark; the template comes from it, and the workflow means what it meant. */
const EXTRACTED: readonly (readonly [what: string, marked: string, template: string, step: string])[] = [
  [
    "in block style",
    `workflow: main
params: { day: { type: date, default: 2026-01-01 } }
steps:
  first: { run: x, outputs: { files: list<string> } }
  load_it:
    # Which day?
    needs: [first]
    run: |
      set -e
      ¦load "$DAY"
    env:
      DAY: \${{ params.day }}
      FILES: "\${{ json(steps.first.outputs.files) }} of \${{ params.day }}"
      RUN: \${{ run.id }}
      KEY: \${{ secrets.KEY }}
    outputs: { rows: int }
    timeout: 1h
  last: { needs: [load_it], run: x, env: { N: "\${{ steps.load_it.outputs.rows }}" } }
`,
    `template: load-it
inputs:
  day: { type: string }
  files: { type: string }
run: |
  set -e
  load "$DAY"
env:
  DAY: \${{ inputs.day }}
  FILES: "\${{ inputs.files }} of \${{ inputs.day }}"
  RUN: \${{ run.id }}
  KEY: \${{ secrets.KEY }}
outputs: { rows: int }
`,
    `  load_it:
    # Which day?
    needs: [first]
    use: ./load-it.template.yaml
    with: { day: "\${{ params.day }}", files: "\${{ json(steps.first.outputs.files) }}" }
    timeout: 1h
`,
  ],
  [
    "in braces",
    'workflow: main\nparams: { limit: { type: int, default: 1 } }\nsteps:\n  a: { name: A, sql: { connection: duckdb, query: select ¦$n, params: { n: "${{ params.limit }}" } }, outputs: { n: int }, timeout: 1h }\n',
    'template: a\ninputs:\n  limit: { type: int }\nsql: { connection: duckdb, query: select $n, params: { n: "${{ inputs.limit }}" } }\noutputs: { n: int }\n',
    '  a: { name: A, use: ./a.template.yaml, with: { limit: "${{ params.limit }}" }, timeout: 1h }\n',
  ],
  [
    "without expressions",
    "workflow: main\nsteps:\n  a:\n    run: ¦x\n  b: { noop: {} }\n",
    "template: a\nrun: x\n",
    "  a:\n    use: ./a.template.yaml\n",
  ],
];

function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  return {
    paths: Object.keys(files).sort(),
    contentId: (path) => files[path],
    read: (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
  };
}

describe("codeActions()", () => {
  for (const [what, marked, title, after] of MENDS) {
    it(`mends ${what}`, () => assert.equal(mended(marked, title), after));
  }

  it("marks a mend as the preferred one, for the finding that it mends", () => {
    const [action] = actionsAt("workflow: a\nste¦sp: { b: { noop: {} } }\n");
    assert.equal(action?.isPreferred, true);
    assert.deepEqual(
      action?.diagnostics?.map(({ code }) => code),
      ["unknown-key"],
    );
  });

  it("offers nothing where nothing is wrong", () =>
    assert.deepEqual(actionsAt("workflow: a¦\nsteps: { b: { noop: {} } }\n"), []));

  it("mends all of a file at once", () =>
    assert.equal(
      mended("¦workflow: a\ndescripton: x\nsteps: { b: { noop: {}, descripton: y } }\n", /Mend 2 problems/, [
        "source.fixAll",
      ]),
      "workflow: a\ndescription: x\nsteps: { b: { noop: {}, description: y } }\n",
    ));

  it("does not mend one place twice", () => {
    const after = mended(
      '¦workflow: a\nsteps:\n  b: { run: x, outputs: { n: int } }\n  c: { run: x, outputs: { n: int } }\n  d:\n    run: x\n    env: { B: "${{ steps.b.outputs.n }}", C: "${{ steps.c.outputs.n }}" }\n',
      /Mend/,
      ["source.fixAll"],
    );
    assert.equal(after.match(/needs/g)?.length, 1);
  });

  for (const [what, marked, template, step] of EXTRACTED) {
    it(`makes a template of a step ${what}, which makes no new version`, () => {
      const [action] = actionsAt(marked, ["refactor"]);
      const { "main.workflow.yaml": main = "", ...rest } = action?.files ?? {};
      assert.deepEqual(Object.values(rest), [template]);
      assert.ok(main.includes(step), main);
      const before = compileProject(
        treeOf({ "main.workflow.yaml": marked.replace("¦", "") }),
        createCompileCache(),
      );
      const after = compileProject(treeOf({ ...rest, "main.workflow.yaml": main }), createCompileCache());
      assert.deepEqual(
        after.diagnostics.map(({ message }) => message),
        [],
      );
      assert.deepEqual(
        before.diagnostics.map(({ message }) => message),
        [],
      );
      assert.equal(after.workflows[0]?.fingerprint, before.workflows[0]?.fingerprint);
    });
  }

  it("takes a comment with what goes, and breaks lines as the file does", () => {
    const marked =
      "workflow: main\nsteps:\n  a:\n    run: ¦x # first\n    timeout: 1m # stays\n    outputs: { n: int }  # rows\n    retry: 2\n";
    for (const lineBreak of ["\n", "\r\n"]) {
      const [action] = actionsAt(marked.replaceAll("\n", lineBreak), ["refactor"]);
      assert.deepEqual(action?.files, {
        "a.template.yaml": "template: a\nrun: x # first\noutputs: { n: int }  # rows\n".replaceAll(
          "\n",
          lineBreak,
        ),
        "main.workflow.yaml":
          "workflow: main\nsteps:\n  a:\n    use: ./a.template.yaml\n    timeout: 1m # stays\n    retry: 2\n".replaceAll(
            "\n",
            lineBreak,
          ),
      });
    }
  });

  it("takes a name for the template that no file has", () => {
    const [action] = actionsAt("workflow: main\nsteps: { a: { run: ¦x } }\n", ["refactor"], {
      "a.template.yaml": "template: a\nrun: y\n",
    });
    assert.deepEqual(Object.keys(action?.files ?? {}).sort(), [
      "a-2.template.yaml",
      "a.template.yaml",
      "main.workflow.yaml",
    ]);
  });

  it("makes no templates of loops, of what has aliases, and for editors that make no files", () => {
    const texts = [
      "workflow: main\nsteps:\n  a:\n    fore¦ach: { x: [1] }\n    steps: { b: { noop: {} } }\n",
      "workflow: main\nsteps:\n  a: { run: ¦x, env: &e { A: b } }\n  b: { run: x, env: *e }\n",
    ];
    for (const text of texts) assert.deepEqual(actionsAt(text, ["refactor"]), []);
    const { service, uri, position } = markedProject("workflow: main\nsteps: { a: { run: ¦x } }\n");
    const range = { start: position, end: position };
    assert.deepEqual(service.codeActions(uri, range, { only: null, makesFiles: false }), []);
  });
});

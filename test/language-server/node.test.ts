import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, before, describe, it } from "mocha";
import {
  CancellationTokenSource,
  LSPErrorCodes,
  type Diagnostic,
  type Location,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { startedFrom, startIn } from "../started-bin.js";
import { ProtocolEditor, PULLING } from "./protocol-editor.js";

const PROJECT = "project: growth\n";
const CALLEE = `workflow: callee
params: { day: { type: date } }
steps:
  one: { run: echo, env: { DAY: "\${{ params.day }}" } }
`;
const CALLER = `workflow: caller
steps:
  call: { workflow: callee, with: { day: 2026-01-01 } }
`;

interface FullReport {
  readonly kind: string;
  readonly uri?: string;
  readonly resultId: string;
  readonly items: readonly Diagnostic[];
}

const ROOT = join(import.meta.dirname, "..", "..", "..");

const BIN = "language-server/bin/headwater-language-server.js";

describe("what the language server starts from", () => {
  const modules = { "language-server/dist/node.js": 1, "language-server/dist/tsconfig.tsbuildinfo": 1 };
  const bundled = { ...modules, "language-server/out/language-server.cjs": 2 };

  it("is one file where the build made it", () =>
    assert.equal(startedFrom(BIN, bundled), "language-server/out/language-server.cjs"));

  it("is what the compiler wrote where it ran alone, or last", () => {
    assert.equal(startedFrom(BIN, modules), "language-server/dist/node.js");
    const rebuilt = { ...bundled, "workflow/dist/tsconfig.tsbuildinfo": 3 };
    assert.equal(startedFrom(BIN, rebuilt), "language-server/dist/node.js");
  });

  it("is kept compiled beside the bundle, and compiled again where that is of another bundle, or broken", () =>
    startIn(BIN, bundled, (bin) => {
      const out = join(dirname(bin), "..", "out");
      const start = (): string => execFileSync(process.execPath, [bin], { encoding: "utf8" });
      const first = start();
      const compiled = (): Buffer => {
        const [name = "none"] = readdirSync(join(out, "compiled"));
        return readFileSync(join(out, "compiled", name));
      };
      const kept = compiled();
      assert.deepEqual([start(), compiled()], [first, kept]);
      // V8 takes what was compiled of any text of this length, and times may be those of a package.
      const file = join(out, "language-server.cjs");
      const { atime, mtime } = statSync(file);
      writeFileSync(file, readFileSync(file, "utf8").replace("language-server/out", "another--server/out"));
      utimesSync(file, atime, mtime);
      assert.match(start(), /^another--server/);
      assert.notDeepEqual(compiled(), kept);
      const [name = "none"] = readdirSync(join(out, "compiled"));
      const whole = compiled();
      const flipped = Buffer.from(whole);
      flipped[whole.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
      for (const broken of [whole.subarray(0, 100), Buffer.alloc(0), flipped]) {
        writeFileSync(join(out, "compiled", name), broken);
        assert.match(start(), /^another--server/);
        assert.ok(compiled().length > 100);
        assert.notDeepEqual(compiled(), broken);
      }
    }));
});

describe("the language server over stdio", () => {
  let editor: ProtocolEditor;
  before(() => {
    const bundle = `import { bundleLanguageServer } from "./scripts/bundled-programs.mjs"; await bundleLanguageServer();`;
    execFileSync(process.execPath, ["--input-type=module", "-e", bundle], { cwd: ROOT });
  });
  afterEach(async () => assert.equal(await editor.end(), 0));

  it("tells what is wrong in files that nobody opened, and in the one that is", async () => {
    editor = await ProtocolEditor.start({
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": "workflow: a\nstesp: {}\n",
    });
    const [finding] = await editor.findings("a.workflow.yaml", ({ length }) => length > 0);
    assert.deepEqual([finding?.code, finding?.range.start], ["unknown-key", { line: 1, character: 0 }]);
    assert.match(finding?.codeDescription?.href ?? "", /docs\/errors\.md#unknown-key$/);
    await editor.open("a.workflow.yaml", "workflow: a\nsteps: { one: { noop: {} } }\n");
    await editor.findings("a.workflow.yaml", ({ length }) => length === 0);
  });

  it("tells a caller of what an edit of its callee breaks, before anything is saved, also an editor that could ask", async () => {
    const files = {
      "headwater.yaml": PROJECT,
      "callee.workflow.yaml": CALLEE,
      "caller.workflow.yaml": CALLER,
    };
    editor = await ProtocolEditor.start(files, { textDocument: { diagnostic: {} } });
    assert.equal(editor.initialized.capabilities.diagnosticProvider, undefined);
    await editor.open("caller.workflow.yaml", CALLER);
    await editor.open("callee.workflow.yaml", CALLEE);
    await editor.replace("callee.workflow.yaml", CALLEE.replaceAll("day", "date"));
    const [finding] = await editor.findings("caller.workflow.yaml", (found) =>
      found.some(({ severity }) => severity === 1),
    );
    assert.equal(finding?.message, 'Workflow "callee" needs "date" in "with"');
  });

  it("answers a pull of findings that is taken back with that, and not with files that are all well", async () => {
    const wrong = (nth: number): readonly [string, string] => [
      `w${nth}.workflow.yaml`,
      `workflow: w${nth}\nstesp: {}\n`,
    ];
    const files = Object.fromEntries([
      ["headwater.yaml", PROJECT],
      ...Array.from({ length: 200 }, (_, nth) => wrong(nth)),
    ]);
    editor = await ProtocolEditor.start(files, {}, PULLING);
    const textDocument = { uri: editor.uri("w0.workflow.yaml") };
    const [, text] = wrong(0);
    await editor.open("w0.workflow.yaml", text);
    for (const [request, params] of [
      ["textDocument/diagnostic", { textDocument }],
      ["workspace/diagnostic", { previousResultIds: [] }],
    ] as const) {
      await editor.replace("w0.workflow.yaml", text);
      const canceling = new CancellationTokenSource();
      const answered = editor.connection.sendRequest(request, params, canceling.token);
      canceling.cancel();
      await assert.rejects(answered, { code: LSPErrorCodes.RequestCancelled });
    }
    const { items }: FullReport = await editor.connection.sendRequest("textDocument/diagnostic", {
      textDocument,
    });
    assert.deepEqual(
      items.map(({ code }) => code),
      ["unknown-key", "invalid-value"],
    );
  });

  it("answers an editor that asks for findings, and sends it nothing by itself", async () => {
    const files = { "headwater.yaml": PROJECT, "a.workflow.yaml": "workflow: a\nstesp: {}\n" };
    editor = await ProtocolEditor.start(files, {}, PULLING);
    await editor.open("a.workflow.yaml", files["a.workflow.yaml"]);
    const textDocument = { uri: editor.uri("a.workflow.yaml") };
    const report: FullReport = await editor.connection.sendRequest("textDocument/diagnostic", {
      textDocument,
    });
    assert.deepEqual([report.kind, report.items[0]?.code], ["full", "unknown-key"]);
    assert.deepEqual(
      await editor.connection.sendRequest("textDocument/diagnostic", {
        textDocument,
        previousResultId: report.resultId,
      }),
      { kind: "unchanged", resultId: report.resultId },
    );
    await editor.replace("a.workflow.yaml", "workflow: a\nsteps: { one: { noop: {} } }\n");
    const workspace: { readonly items: readonly FullReport[] } = await editor.connection.sendRequest(
      "workspace/diagnostic",
      { previousResultIds: [] },
    );
    const counts = workspace.items.map(({ uri = "", items }) => [uri, items.length] as const);
    assert.deepEqual(counts, [[editor.uri("a.workflow.yaml"), 0]]);
    assert.equal(editor.toldFiles, 0);
  });

  it("answers a completion before a check of the text that it was asked in", async () => {
    editor = await ProtocolEditor.start({ "headwater.yaml": PROJECT }, {}, PULLING);
    const text = "workflow: a\nsteps: { b: { run: x, ti } }\n";
    await editor.open("a.workflow.yaml", text);
    const textDocument = { uri: editor.uri("a.workflow.yaml") };
    const pull = (): Promise<FullReport> =>
      editor.connection.sendRequest("textDocument/diagnostic", { textDocument });
    await pull();
    const answered: string[] = [];
    await editor.replace("a.workflow.yaml", text.replace("ti", "tim"));
    const position = { line: 1, character: 25 };
    await Promise.all([
      pull().then(({ items }) => answered.push(JSON.stringify(items))),
      editor.connection
        .sendRequest("textDocument/completion", { textDocument, position })
        .then(() => answered.push("completion")),
    ]);
    assert.equal(answered[0], "completion");
    assert.match(answered[1] ?? "", /\\"tim\\"/);
  });

  it("answers what is wrong in the workspace when that is something else, with what is, and tells to ask again", async () => {
    const wrong = "stesp: {}\n";
    const files = {
      "headwater.yaml": PROJECT,
      "a.workflow.yaml": `workflow: a\n${wrong}`,
      "caller.workflow.yaml": CALLER,
      "callee.workflow.yaml": CALLEE,
    };
    const canRefresh = { workspace: { diagnostics: { refreshSupport: true } } };
    editor = await ProtocolEditor.start(files, canRefresh, PULLING);
    const pull = (had: readonly FullReport[]): Promise<{ readonly items: readonly FullReport[] }> => {
      const previousResultIds = had.map(({ uri, resultId }) => ({ uri, value: resultId }));
      return editor.connection.sendRequest("workspace/diagnostic", { previousResultIds });
    };
    const { items } = await pull([]);
    assert.deepEqual(
      items.map(({ uri }) => uri),
      [editor.uri("a.workflow.yaml")],
    );
    const toldToAsk = new Promise<void>((resolve) =>
      editor.connection.onRequest("workspace/diagnostic/refresh", () => resolve()),
    );
    const next = pull(items);
    await editor.open("caller.workflow.yaml", CALLER);
    await editor.open("callee.workflow.yaml", CALLEE);
    await editor.replace("callee.workflow.yaml", CALLEE.replaceAll("day", "date"));
    const changed = (await next).items;
    assert.deepEqual(
      changed.map(({ uri, items: [first] }) => [uri, first?.message]),
      [[editor.uri("caller.workflow.yaml"), 'Workflow "callee" needs "date" in "with"']],
    );
    await toldToAsk;
  });

  it("goes from a param that is given to where it is declared, and renames both", async () => {
    editor = await ProtocolEditor.start({ "headwater.yaml": PROJECT, "callee.workflow.yaml": CALLEE });
    await editor.open("caller.workflow.yaml", CALLER);
    const place = {
      textDocument: { uri: editor.uri("caller.workflow.yaml") },
      position: { line: 2, character: 38 },
    };
    const [definition]: Location[] = await editor.connection.sendRequest("textDocument/definition", place);
    assert.deepEqual(definition, {
      uri: editor.uri("callee.workflow.yaml"),
      range: { start: { line: 1, character: 10 }, end: { line: 1, character: 13 } },
    });
    const edit: WorkspaceEdit = await editor.connection.sendRequest("textDocument/rename", {
      ...place,
      newName: "date",
    });
    const edited = Object.entries(edit.changes ?? {}).map(([uri, edits]) => [uri, edits.length]);
    assert.deepEqual(Object.fromEntries(edited), {
      [editor.uri("caller.workflow.yaml")]: 1,
      [editor.uri("callee.workflow.yaml")]: 2,
    });
    await assert.rejects(
      editor.connection.sendRequest("textDocument/rename", { ...place, newName: "a-b" }),
      /"a-b" cannot be the id of a param/,
    );
  });

  it("answers a completion while it reads all files for who goes to a definition", async () => {
    const workflow = (nth: number): readonly [string, string] => [
      `w${nth}.workflow.yaml`,
      CALLER.replace("caller", `w${nth}`),
    ];
    editor = await ProtocolEditor.start({
      "headwater.yaml": PROJECT,
      "callee.workflow.yaml": CALLEE,
      ...Object.fromEntries(Array.from({ length: 500 }, (_, nth) => workflow(nth))),
    });
    await editor.open("caller.workflow.yaml", CALLER.replace("2026-01-01", "one"));
    await editor.findings("caller.workflow.yaml", ({ length }) => length > 0);
    const textDocument = { uri: editor.uri("caller.workflow.yaml") };
    const answered: string[] = [];
    const ask = async (method: string, character: number): Promise<void> => {
      await editor.connection.sendRequest(method, { textDocument, position: { line: 2, character } });
      answered.push(method);
    };
    await Promise.all([ask("textDocument/definition", 38), ask("textDocument/completion", 10)]);
    assert.deepEqual(answered, ["textDocument/completion", "textDocument/definition"]);
  });

  it("answers what is asked at the cursor, as the client can take it", async () => {
    editor = await ProtocolEditor.start(
      { "headwater.yaml": PROJECT },
      {
        textDocument: { completion: { completionItem: { snippetSupport: true } } },
        workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["create"] } },
      },
    );
    const text =
      'workflow: a\ntriggers: { schedule: "0 6 * * *" }\nsteps: { b: { run: x, ti, if: size( } }\n';
    await editor.open("a.workflow.yaml", text);
    const textDocument = { uri: editor.uri("a.workflow.yaml") };
    const ask = (method: string, line: number, character: number): Promise<unknown> =>
      editor.connection.sendRequest(method, { textDocument, position: { line, character } });
    const key = JSON.stringify(await ask("textDocument/completion", 2, 24));
    assert.match(key, /"newText":"timeout: \$0"/);
    assert.match(JSON.stringify(await ask("textDocument/hover", 1, 26)), /Every day at 06:00/);
    assert.match(JSON.stringify(await ask("textDocument/signatureHelp", 2, 35)), /size\(string\): int/);
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
    const hints = await editor.connection.sendRequest("textDocument/inlayHint", { textDocument, range });
    assert.match(JSON.stringify(hints), /"label":"next /);
    await editor.replace("a.workflow.yaml", "workflow: a\nsteps: { b: { run: x } }\n");
    const cursor = { line: 1, character: 20 };
    const actions = await editor.connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range: { start: cursor, end: cursor },
      context: { diagnostics: [] },
    });
    assert.match(JSON.stringify(actions), /b\.template\.yaml/);
  });
});

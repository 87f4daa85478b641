import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CodeAction,
  LinkedEditingRanges,
  Range,
  TextEdit,
} from "vscode-languageserver-protocol";
import { ProtocolEditor } from "./protocol-editor.js";

const CALLER = `workflow: caller
steps:
  load: {  noop: {} }
  call:
    needs: [load]
    workflow: callee
`;
const CALLEE = "workflow: callee\nsteps:\n  draw:\n    run: echo\n    outputs: { rows: int }\n";

const placeOf = ({ start, end }: Range): string =>
  `${start.line}:${start.character}-${end.line}:${end.character}`;

/** Each question of the protocol is asked once, as an editor asks it; what the answers are is tested at the features. */
describe("what an editor asks of a document", () => {
  let editor: ProtocolEditor;
  before(async () => {
    editor = await ProtocolEditor.start(
      { "headwater.yaml": "project: growth\n", "callee.workflow.yaml": CALLEE },
      { workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["create"] } } },
    );
    await editor.open("caller.workflow.yaml", CALLER);
  });
  after(async () => assert.equal(await editor.end(), 0));

  /** Asks of the caller. */
  function ask<Answer>(method: string, params: object = {}): Promise<Answer> {
    const textDocument = { uri: editor.uri("caller.workflow.yaml") };
    return editor.connection.sendRequest(method, { textDocument, ...params });
  }

  it("is told to be answered", () => {
    const { capabilities } = editor.initialized;
    const provided = Object.keys(capabilities).filter((name) => name.endsWith("Provider"));
    assert.deepEqual(provided.sort(), [
      "callHierarchyProvider",
      "codeActionProvider",
      "codeLensProvider",
      "completionProvider",
      "definitionProvider",
      "documentFormattingProvider",
      "documentHighlightProvider",
      "documentLinkProvider",
      "documentOnTypeFormattingProvider",
      "documentRangeFormattingProvider",
      "documentSymbolProvider",
      "foldingRangeProvider",
      "hoverProvider",
      "inlayHintProvider",
      "linkedEditingRangeProvider",
      "referencesProvider",
      "renameProvider",
      "selectionRangeProvider",
      "semanticTokensProvider",
      "signatureHelpProvider",
      "workspaceSymbolProvider",
    ]);
  });

  it("formats the line that was just ended, a range, and the whole", async () => {
    const options = { tabSize: 2, insertSpaces: true };
    const ended = { position: { line: 3, character: 0 }, ch: "\n", options };
    const wanted = [{ range: "2:0-3:0", newText: "  load: { noop: {} }\n" }];
    const shown = (edits: readonly TextEdit[]): readonly object[] =>
      edits.map(({ range, newText }) => ({ range: placeOf(range), newText }));
    const onType = await ask<TextEdit[]>("textDocument/onTypeFormatting", ended);
    assert.deepEqual(onType.length, 1);
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
    assert.deepEqual(shown(await ask("textDocument/rangeFormatting", { range, options })), shown(onType));
    assert.deepEqual(shown(await ask("textDocument/formatting", { options })), shown(onType));
    assert.deepEqual(shown(onType), wanted);
    const other = { position: { line: 5, character: 0 }, ch: "\n", options };
    assert.deepEqual(await ask("textDocument/onTypeFormatting", other), []);
  });

  it("ties the places of a step's id while it is typed", async () => {
    const position = { line: 4, character: 13 };
    const linked = await ask<LinkedEditingRanges>("textDocument/linkedEditingRange", { position });
    assert.deepEqual(linked.ranges.map(placeOf), ["2:2-2:6", "4:12-4:16"]);
  });

  it("knows who calls the workflow that a step runs", async () => {
    const position = { line: 5, character: 16 };
    const [item] = await ask<CallHierarchyItem[]>("textDocument/prepareCallHierarchy", { position });
    assert.equal(item?.name, "callee");
    const incoming = await ask<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", { item });
    assert.deepEqual(
      incoming.map(({ from }) => from.name),
      ["caller"],
    );
    assert.deepEqual(await ask("callHierarchy/outgoingCalls", { item }), []);
  });

  it("takes a step out into a template, by an edit that makes its file", async () => {
    await editor.open("callee.workflow.yaml", CALLEE);
    const at = { line: 2, character: 3 };
    const actions = await ask<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri: editor.uri("callee.workflow.yaml") },
      range: { start: at, end: at },
      context: { diagnostics: [], only: ["refactor.extract"] },
    });
    const [made, ...edited] = actions[0]?.edit?.documentChanges ?? [];
    assert.deepEqual(made, {
      kind: "create",
      uri: editor.uri("draw.template.yaml"),
      options: { overwrite: false },
    });
    assert.deepEqual(
      edited.map((edit) => "textDocument" in edit && edit.textDocument.uri),
      [editor.uri("draw.template.yaml"), editor.uri("callee.workflow.yaml")],
    );
  });

  for (const [method, params, answer] of [
    ["textDocument/documentSymbol", {}, /"name":"caller".*"name":"load"/],
    ["textDocument/foldingRange", {}, /"startLine":1/],
    ["textDocument/documentLink", {}, /^\[\]$/],
    ["textDocument/selectionRange", { positions: [{ line: 4, character: 13 }] }, /"parent"/],
    ["textDocument/semanticTokens/full", {}, /"data":\[\d/],
    ["textDocument/codeLens", {}, /^\[\]$/],
    ["textDocument/documentHighlight", { position: { line: 4, character: 13 } }, /"line":2/],
    ["textDocument/prepareRename", { position: { line: 4, character: 13 } }, /"placeholder":"load"/],
    [
      "textDocument/references",
      { position: { line: 5, character: 16 }, context: { includeDeclaration: true } },
      /callee\.workflow\.yaml.*caller\.workflow\.yaml|caller\.workflow\.yaml.*callee\.workflow\.yaml/,
    ],
    ["workspace/symbol", { query: "draw" }, /"name":"draw"/],
  ] as const) {
    it(`answers ${method}`, async () => assert.match(JSON.stringify(await ask(method, params)), answer));
  }
});

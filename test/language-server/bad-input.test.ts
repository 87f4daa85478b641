import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { FileChangeType, type Diagnostic } from "vscode-languageserver-protocol";
import { ProtocolEditor, PULLING } from "./protocol-editor.js";

const { Changed, Created, Deleted } = FileChangeType;

const GOOD = "workflow: a\nsteps: { one: { noop: {} } }\n";
const CALLER = "workflow: caller\nsteps: { call: { workflow: callee } }\n";
const CALLEE = "workflow: callee\nsteps: { one: { noop: {} } }\n";

/** An editor that is told of files and opens more than one folder. */
const ABLE = { workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } } };

const isEmpty = ({ length }: readonly Diagnostic[]): boolean => length === 0;
const has =
  (code: string) =>
  (found: readonly Diagnostic[]): boolean =>
    found.some((finding) => finding.code === code);

describe("the language server, when what it is given is bad", () => {
  let editor: ProtocolEditor;
  before(async () => {
    // An editor that never answers what it is asked at the start is one of the bad things.
    const register = (): Promise<unknown> => new Promise(() => undefined);
    editor = await ProtocolEditor.start({ "headwater.yaml": "project: growth\n" }, ABLE, { register });
  });
  // It has answered to the end, whatever it was told.
  after(async () => assert.equal(await editor.end(), 0));

  /** Files of a project of their own, of which the editor tells. */
  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) await editor.write(path, text);
    await editor.tell(Object.fromEntries(Object.keys(files).map((path) => [path, Created])));
  }

  async function openFolders(event: {
    readonly added?: readonly string[];
    readonly removed?: readonly string[];
  }): Promise<void> {
    const named = (paths: readonly string[] = []): readonly object[] =>
      paths.map((path) => ({ uri: editor.uri(path), name: path }));
    await editor.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: named(event.added), removed: named(event.removed) },
    });
  }

  it("forgets what was in a folder that is gone, though it is told of the folder alone", async () => {
    await write({
      "gone/headwater.yaml": "project: gone\n",
      "gone/caller.workflow.yaml": CALLER,
      "gone/below/callee.workflow.yaml": CALLEE,
      "gone/below/bad.workflow.yaml": "workflow: bad\nstesp: {}\n",
    });
    await editor.findings("gone/below/bad.workflow.yaml", has("unknown-key"));
    await rm(join(editor.folder, "gone/below"), { recursive: true });
    await editor.tell({ "gone/below": Deleted });
    await editor.findings("gone/caller.workflow.yaml", has("unknown-workflow"));
    await editor.findings("gone/below/bad.workflow.yaml", isEmpty);
  });

  it("reads all that is in a folder that comes, though it is told of the folder alone", async () => {
    await write({ "come/headwater.yaml": "project: come\n", "come/caller.workflow.yaml": CALLER });
    await editor.findings("come/caller.workflow.yaml", has("unknown-workflow"));
    await mkdir(join(editor.folder, ".made/deep"), { recursive: true });
    await writeFile(join(editor.folder, ".made/deep/callee.workflow.yaml"), CALLEE);
    await rename(join(editor.folder, ".made"), join(editor.folder, "come/made"));
    await editor.tell({ "come/made": Created });
    await editor.findings("come/caller.workflow.yaml", isEmpty);
  });

  it("takes what is in .git or node_modules for nobody's file", async () => {
    await write({
      "foreign/node_modules/x/bad.workflow.yaml": "workflow: bad\nstesp: {}\n",
      "foreign/.git/bad.workflow.yaml": "workflow: bad\nstesp: {}\n",
      "foreign/bad.workflow.yaml": "workflow: bad\nstesp: {}\n",
    });
    await editor.findings("foreign/bad.workflow.yaml", has("unknown-key"));
    assert.deepEqual(editor.foundIn("foreign/node_modules/x/bad.workflow.yaml"), []);
    assert.deepEqual(editor.foundIn("foreign/.git/bad.workflow.yaml"), []);
  });

  it("keeps two folders apart, and forgets that which is closed", async () => {
    const root = `../${editor.folder.split("/").at(-1) ?? ""}-second`;
    const path = `${root}/caller.workflow.yaml`;
    await editor.write(path, CALLER);
    await write({ "first/callee.workflow.yaml": CALLEE });
    await openFolders({ added: [root] });
    await editor.findings(path, has("unknown-workflow"));
    await openFolders({ removed: [root] });
    await editor.findings(path, isEmpty);
    await rm(join(editor.folder, root), { recursive: true });
  });

  it("keeps what is in the outer of two folders when the inner one is closed", async () => {
    await write({ "outer/inner/bad.workflow.yaml": "workflow: bad\nstesp: {}\n" });
    await openFolders({ added: ["outer"] });
    await openFolders({ removed: ["outer"] });
    await write({ "outer/other.workflow.yaml": "workflow: other\nstesp: {}\n" });
    await editor.findings("outer/other.workflow.yaml", has("unknown-key"));
    assert.ok(has("unknown-key")(editor.foundIn("outer/inner/bad.workflow.yaml")));
  });

  it("ends at what the last of many undos and redos left", async () => {
    await write({ "storm/a.workflow.yaml": GOOD });
    await editor.open("storm/a.workflow.yaml", GOOD);
    const uri = editor.uri("storm/a.workflow.yaml");
    const start = { line: 1, character: 5 };
    const asked: Promise<unknown>[] = [];
    for (let version = 2; version < 1001; version += 1) {
      const isUndone = version % 2 === 1;
      const range = { start, end: { line: 1, character: isUndone ? 7 : 5 } };
      await editor.connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range, text: isUndone ? "" : "xx" }],
      });
      if (version % 50 === 0)
        asked.push(
          editor.connection.sendRequest("textDocument/completion", {
            textDocument: { uri },
            position: { line: 1, character: 9 },
          }),
        );
    }
    assert.equal((await Promise.all(asked)).length, 20);
    await editor.replace("storm/a.workflow.yaml", GOOD.replace("steps", "stesp"));
    const found = await editor.findings("storm/a.workflow.yaml", has("unknown-key"));
    assert.deepEqual(found[0]?.range.start, { line: 1, character: 0 });
  });

  it("says of a file of 5 MB that it is too large, and answers on", async () => {
    const text = `workflow: big\nsteps:\n${"  a: { run: echo and so on and on and on }\n".repeat(120_000)}`;
    assert.ok(text.length > 5_000_000);
    await editor.open("big.workflow.yaml", text);
    const found = await editor.findings("big.workflow.yaml", has("file-too-large"));
    assert.equal(found.length, 1);
    const textDocument = { uri: editor.uri("big.workflow.yaml") };
    await editor.connection.sendRequest("textDocument/completion", {
      textDocument,
      position: { line: 60_000, character: 4 },
    });
    await editor.replace("big.workflow.yaml", GOOD.replace("workflow: a", "workflow: big"));
    await editor.findings("big.workflow.yaml", isEmpty);
  });

  it("says of bytes with our ending what they are", async () => {
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0xff, 0xfe]);
    await writeFile(join(editor.folder, "picture.workflow.yaml"), bytes);
    await editor.tell({ "picture.workflow.yaml": Created });
    await editor.findings("picture.workflow.yaml", has("file-not-utf8"));
    await writeFile(join(editor.folder, "picture.workflow.yaml"), GOOD);
    await editor.tell({ "picture.workflow.yaml": Changed });
    await editor.findings("picture.workflow.yaml", (found) => !has("file-not-utf8")(found));
  });

  it("outlives addresses that are of no file, and places that are in none", async () => {
    const { connection } = editor;
    const odd = [
      "untitled:Untitled-1",
      "git:/a.workflow.yaml?HEAD",
      "file://host/%/%zz.workflow.yaml",
      "",
      "x",
    ];
    await connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: odd.flatMap((uri) => [
        { uri, type: Created },
        { uri, type: Deleted },
      ]),
    });
    for (const uri of odd) {
      const textDocument = { uri, languageId: "headwater", version: 1, text: "workflow: odd\nstesp: {}\n" };
      await connection.sendNotification("textDocument/didOpen", { textDocument });
      const position = { line: 1_000_000, character: 1_000_000 };
      await connection.sendRequest("textDocument/hover", { textDocument: { uri }, position });
      await connection.sendRequest("textDocument/completion", { textDocument: { uri }, position });
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
    }
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: "file:///never/opened.workflow.yaml", version: 7 },
      contentChanges: [{ text: GOOD }],
    });
    await editor.open("alive.workflow.yaml", "workflow: alive\nstesp: {}\n");
    await editor.findings("alive.workflow.yaml", has("unknown-key"));
  });
});

describe("the language server of an editor that cannot do what it said, and has no disk", () => {
  it("checks what is open", async () => {
    const editor = await ProtocolEditor.start({}, ABLE, {
      folders: ["memfs:/work", "vscode-vfs://github/a/b"],
      register: () => Promise.reject(new TypeError("no such request")),
    });
    await editor.open("a.workflow.yaml", "workflow: a\nstesp: {}\n");
    await editor.findings("a.workflow.yaml", has("unknown-key"));
    assert.equal(await editor.end(), 0);
  });
});

describe("the language server of an editor that asks for findings", () => {
  interface Report {
    readonly uri: string;
    readonly resultId?: string;
    readonly items?: readonly Diagnostic[];
  }

  let editor: ProtocolEditor;
  afterEach(async () => assert.equal(await editor.end(), 0));

  /** What is told of files to an editor that has these answers. */
  async function pull(had: readonly Report[]): Promise<readonly Report[]> {
    const previousResultIds = had.map(({ uri, resultId }) => ({ uri, value: resultId }));
    const { items }: { readonly items: readonly Report[] } = await editor.connection.sendRequest(
      "workspace/diagnostic",
      { previousResultIds },
    );
    return items;
  }

  it("says of a file that is gone that nothing is wrong with it, and says so once", async () => {
    const path = "gone.workflow.yaml";
    editor = await ProtocolEditor.start({ [path]: "workflow: gone\nstesp: {}\n" }, ABLE, PULLING);
    const had = await pull([]);
    assert.deepEqual(
      had.map(({ uri, items = [] }) => [uri, has("unknown-key")(items)]),
      [[editor.uri(path), true]],
    );
    await rm(join(editor.folder, path));
    await editor.tell({ [path]: Deleted });
    const told = await pull(had);
    assert.deepEqual(
      told.map(({ uri, resultId, items }) => [uri, resultId, items]),
      [[editor.uri(path), undefined, []]],
    );
    assert.deepEqual(await pull([]), []);
  });

  it("says so of a document that was asked for by itself, and whose answer the editor forgot", async () => {
    const path = "closed.workflow.yaml";
    const text = "workflow: closed\nstesp: {}\n";
    editor = await ProtocolEditor.start({}, ABLE, PULLING);
    await editor.open(path, text);
    const textDocument = { uri: editor.uri(path) };
    await editor.connection.sendRequest("textDocument/diagnostic", { textDocument });
    await editor.connection.sendNotification("textDocument/didClose", { textDocument });
    const told = await pull([]);
    assert.deepEqual(
      told.map(({ uri, items }) => [uri, items]),
      [[editor.uri(path), []]],
    );
  });
});

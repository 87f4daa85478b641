import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { overIpc, ProtocolEditor } from "../language-server/protocol-editor.js";
import { bundleExtension } from "./workspace.js";

const SERVER = join(import.meta.dirname, "../../../extension/out/language-server.js");
const FILES = { "headwater.yaml": "project: growth\n", "a.workflow.yaml": "workflow: a\nstesp: {}\n" };

describe("the language server of the extension, as a process", () => {
  before(bundleExtension);

  it("reads the disk, answers the editor, and ends when it is told to", async () => {
    const editor = await ProtocolEditor.start(FILES, {}, { start: overIpc(SERVER) });
    const [finding] = await editor.findings("a.workflow.yaml", ({ length }) => length > 0);
    assert.equal(finding?.code, "unknown-key");
    await editor.open("a.workflow.yaml", "workflow: a\nsteps: { one: { noop: {} } }\n");
    await editor.findings("a.workflow.yaml", ({ length }) => length === 0);
    assert.equal(await editor.end(), 0);
  });

  it("reads through the editor what is on no disk", async () => {
    const elsewhere = {
      "memfs:/work/headwater.yaml": "project: growth\n",
      "memfs:/work/a.workflow.yaml": "workflow: a\nstesp: {}\n",
    };
    const options = { start: overIpc(SERVER), folders: ["memfs:/work"], elsewhere };
    const editor = await ProtocolEditor.start({}, {}, options);
    const [finding] = await editor.findingsAt("memfs:/work/a.workflow.yaml", ({ length }) => length > 0);
    assert.equal(finding?.code, "unknown-key");
    assert.equal(await editor.end(), 0);
  });

  it("ends when the editor is gone", async () => {
    const { server, connection } = await ProtocolEditor.start(FILES, {}, { start: overIpc(SERVER) });
    const exited = new Promise((resolve) => server.once("exit", resolve));
    connection.dispose();
    server.disconnect();
    assert.equal(await exited, 0);
  });
});

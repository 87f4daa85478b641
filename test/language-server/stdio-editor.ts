import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
} from "vscode-languageserver-protocol/node";

const SERVER = join(import.meta.dirname, "../../../language-server/bin/headwater-language-server.js");

/** An editor without a screen: the protocol's own client, talking over stdio to the server's own process. */
export class StdioEditor {
  readonly folder: string;
  readonly connection: ProtocolConnection;
  readonly server: ChildProcess;
  initialized!: InitializeResult;
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  private constructor(folder: string) {
    this.folder = folder;
    this.server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    const { stdin, stdout } = this.server;
    if (stdin === null || stdout === null) throw new TypeError("no pipes");
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification(
      "textDocument/publishDiagnostics",
      (told: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }) => {
        this.#diagnostics.set(told.uri, told.diagnostics);
        for (const listener of this.#listeners) listener();
      },
    );
    this.connection.onRequest("client/registerCapability", () => null);
    this.connection.listen();
  }

  /** On a folder of its own with these files. */
  static async start(
    files: Readonly<Record<string, string>>,
    capabilities: ClientCapabilities = {},
  ): Promise<StdioEditor> {
    const editor = new StdioEditor(await mkdtemp(join(tmpdir(), "headwater-editor-")));
    for (const [path, text] of Object.entries(files)) await editor.write(path, text);
    const uri = pathToFileURL(editor.folder).href;
    editor.initialized = await editor.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      capabilities,
      workspaceFolders: [{ uri, name: "test" }],
    });
    await editor.connection.sendNotification("initialized", {});
    return editor;
  }

  /** Files of which the server sent findings. */
  get toldFiles(): number {
    return this.#diagnostics.size;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  /** Writes a file to the disk, behind the server's back. */
  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  async open(path: string, text: string): Promise<void> {
    this.#versions.set(path, 1);
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri: this.uri(path), languageId: "headwater", version: 1, text },
    });
  }

  /** Puts a text in the place of the whole. */
  async replace(path: string, text: string): Promise<void> {
    const version = (this.#versions.get(path) ?? 0) + 1;
    this.#versions.set(path, version);
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: this.uri(path), version },
      contentChanges: [{ text }],
    });
  }

  /** The findings of a file, once they are as wanted. */
  findings(
    path: string,
    isWanted: (findings: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#diagnostics.get(this.uri(path)) ?? [];
        if (!isWanted(found)) return;
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Ends the server as an editor does, and answers its exit code. */
  async end(): Promise<number | null> {
    const exited = new Promise<number | null>((resolve) => this.server.once("exit", resolve));
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    const code = await exited;
    this.connection.dispose();
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}

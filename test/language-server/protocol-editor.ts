import { fork, spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Diagnostic,
  type FileChangeType,
  type InitializeResult,
  type ProtocolConnection,
} from "vscode-languageserver-protocol/node";

const SERVER = join(import.meta.dirname, "../../../language-server/bin/headwater-language-server.js");

/** A server that was started, and the way to talk with it. */
interface Started {
  readonly server: ChildProcess;
  readonly connection: ProtocolConnection;
}

/** As any editor starts it. */
function overStdio(): Started {
  const server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const reader = new StreamMessageReader(server.stdout);
  return { server, connection: createProtocolConnection(reader, new StreamMessageWriter(server.stdin)) };
}

/** As VS Code starts the file of an extension. */
export function overIpc(file: string): () => Started {
  return () => {
    const server = fork(file, ["--node-ipc"], { execArgv: [] });
    const reader = new IPCMessageReader(server);
    return { server, connection: createProtocolConnection(reader, new IPCMessageWriter(server)) };
  };
}

export interface EditorOptions {
  readonly start?: () => Started;
  /** What it answers when the server wants to be told of files. */
  readonly register?: () => Promise<unknown>;
  /** The addresses of the folders that are open, when not the one with the files. */
  readonly folders?: readonly string[];
  /** What it says at the start beside what the protocol has. */
  readonly initializationOptions?: object;
  /** Files that only the editor can read, by address. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** What an editor says that asks for findings. */
export const PULLING = { initializationOptions: { pullsDiagnostics: true } };

/** An editor without a screen: the protocol's own client, talking to the server's own process. */
export class ProtocolEditor {
  readonly folder: string;
  readonly connection: ProtocolConnection;
  readonly server: ChildProcess;
  initialized!: InitializeResult;
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  private constructor(
    folder: string,
    { server, connection }: Started,
    { register, elsewhere = {} }: EditorOptions,
  ) {
    this.folder = folder;
    this.server = server;
    this.connection = connection;
    this.connection.onNotification(
      "textDocument/publishDiagnostics",
      (told: { readonly uri: string; readonly diagnostics: readonly Diagnostic[] }) => {
        this.#diagnostics.set(told.uri, told.diagnostics);
        for (const listener of this.#listeners) listener();
      },
    );
    this.connection.onRequest("client/registerCapability", register ?? (() => null));
    this.connection.onRequest("headwater/listFiles", ({ folder }: { readonly folder: string }) =>
      Object.keys(elsewhere).filter((uri) => uri.startsWith(folder)),
    );
    this.connection.onRequest("headwater/readFile", ({ uri }: { readonly uri: string }) =>
      Buffer.from(elsewhere[uri] ?? "").toString("base64"),
    );
    this.connection.listen();
  }

  /** On a folder of its own with these files. */
  static async start(
    files: Readonly<Record<string, string>>,
    capabilities: ClientCapabilities = {},
    options: EditorOptions = {},
  ): Promise<ProtocolEditor> {
    const folder = await mkdtemp(join(tmpdir(), "headwater-editor-"));
    const editor = new ProtocolEditor(folder, (options.start ?? overStdio)(), options);
    for (const [path, text] of Object.entries(files)) await editor.write(path, text);
    const uri = pathToFileURL(editor.folder).href;
    editor.initialized = await editor.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      capabilities,
      initializationOptions: options.initializationOptions ?? {},
      workspaceFolders: (options.folders ?? [uri]).map((opened) => ({ uri: opened, name: "test" })),
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

  /** Tells of what happened on the disk. */
  async tell(changes: Readonly<Record<string, FileChangeType>>): Promise<void> {
    await this.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: Object.entries(changes).map(([path, type]) => ({ uri: this.uri(path), type })),
    });
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

  /** The findings of a file, as they were told last. */
  foundIn(path: string): readonly Diagnostic[] {
    return this.#diagnostics.get(this.uri(path)) ?? [];
  }

  /** The findings of a file, once they are as wanted. */
  findings(
    path: string,
    isWanted: (findings: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    return this.findingsAt(this.uri(path), isWanted);
  }

  /** The same by the address of the file. */
  findingsAt(
    uri: string,
    isWanted: (findings: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#diagnostics.get(uri) ?? [];
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

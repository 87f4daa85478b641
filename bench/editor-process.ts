import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

/** Ticks of the kernel's clock in a second: the same on every Linux. */
const TICKS = 100;

/** A language server in a process of its own, and one document that is open in it. */
export class EditorProcess {
  readonly #child: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #pulls: boolean;
  #document = { uri: "", version: 1 };
  #found: string | null = null;
  #tell = (): void => undefined;

  /** Starts a server that talks over its standard streams; `settings` are what it asks for under their names. One that is pulled is asked for findings at each edit. */
  constructor(script: string, settings: Readonly<Record<string, unknown>> = {}, pulls = false) {
    const child = spawn(process.execPath, [script, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
    this.#child = child;
    this.#settings = settings;
    this.#pulls = pulls;
    this.#connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    this.#listen();
  }

  #listen(): void {
    this.#connection.onNotification(
      "textDocument/publishDiagnostics",
      ({ diagnostics }: { readonly diagnostics: unknown }) => {
        this.#take(diagnostics);
      },
    );
    this.#connection.onRequest(
      "workspace/configuration",
      ({ items }: { readonly items: readonly unknown[] }) =>
        items.map((item) => this.#settings[sectionOf(item)] ?? {}),
    );
    this.#connection.onRequest("client/registerCapability", () => null);
    this.#connection.onRequest("custom/schema/request", () => []);
    this.#connection.listen();
  }

  /** Begins the session and opens the document. */
  async open(uri: string, languageId: string, text: string): Promise<void> {
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: { workspace: { configuration: true } },
      workspaceFolders: null,
      initializationOptions: { pullsDiagnostics: this.#pulls },
    });
    await this.#connection.sendNotification("initialized", {});
    await this.#connection.sendNotification("workspace/didChangeConfiguration", { settings: this.#settings });
    this.#document = { uri, version: 1 };
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { ...this.#document, languageId, text },
    });
    if (this.#pulls) void this.#pull();
  }

  async #pull(): Promise<void> {
    const { version } = this.#document;
    const textDocument = { uri: this.#document.uri };
    const report: unknown = await this.#connection.sendRequest("textDocument/diagnostic", { textDocument });
    if (version === this.#document.version) this.#take(report);
  }

  #take(found: unknown): void {
    this.#found = JSON.stringify(found);
    this.#tell();
  }

  /** Puts a text in the place of the whole. */
  async replace(text: string): Promise<void> {
    this.#document = { ...this.#document, version: this.#document.version + 1 };
    this.#found = null;
    await this.#connection.sendNotification("textDocument/didChange", {
      textDocument: this.#document,
      contentChanges: [{ text }],
    });
    if (this.#pulls) void this.#pull();
  }

  /** Resolves when findings have come since the document was last another one, and say the word, or do not. */
  async findings(word: string, isThere: boolean): Promise<void> {
    while (this.#found?.includes(word) !== isThere)
      await new Promise<void>((resolve) => (this.#tell = resolve));
  }

  /** Of the server, since it started. */
  cpuMs(): number {
    // A name of a process may hold anything, so its end is sought from behind.
    const stat = readFileSync(`/proc/${this.#child.pid ?? 0}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#connection.dispose();
    this.#child.kill();
    await closed;
  }
}

function sectionOf(item: unknown): string {
  return typeof item === "object" && item !== null && "section" in item ? String(item.section) : "";
}

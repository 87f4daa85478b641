/** What passes between an editor and a language server, one message at a time, as JSON-RPC. */
export interface Port {
  send(message: object): void;
  listen(call: (message: Message) => void): void;
}

/** https://www.jsonrpc.org/specification */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

/** What is open in the editor. */
export interface SessionWorld {
  /** The address of the folder that is open; null for none. */
  readonly folder: string | null;
  /** Files that the server may ask the editor for, by address; none where it reads the disk. */
  readonly files: Readonly<Record<string, string>>;
  /** The document that somebody writes in. */
  readonly uri: string;
  readonly text: string;
  /** When the server began to start, by `performance.now()`. */
  readonly startedAt: number;
  /** Whether the editor asks for findings, at each key and of the workspace again and again, or is sent them. */
  readonly pulls: boolean;
}

interface Report {
  readonly resultId?: string;
  readonly items?: unknown;
}

const WORKSPACE_PULL_MS = 2000;

/** An editor that is a few lines long, and runs wherever the server does: beside a process of Node.js, or in a page. */
class Session {
  readonly #port: Port;
  readonly #files: Readonly<Record<string, string>>;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  readonly #found = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  readonly #pulls: boolean;
  readonly #resultIds = new Map<string, string>();
  #pulling = 0;
  #id = 0;
  #version = 1;

  constructor(port: Port, { files, pulls }: SessionWorld) {
    this.#port = port;
    this.#files = files;
    this.#pulls = pulls;
    port.listen((message) => this.#receive(message));
  }

  async begin({ folder, uri, text }: SessionWorld): Promise<void> {
    const workspaceFolders = folder === null ? null : [{ uri: folder, name: "bench" }];
    await this.request("initialize", {
      processId: null,
      rootUri: folder,
      capabilities: {},
      initializationOptions: { pullsDiagnostics: this.#pulls },
      workspaceFolders,
    });
    this.notify("initialized", {});
    const textDocument = { uri, languageId: "headwater", version: this.#version, text };
    this.notify("textDocument/didOpen", { textDocument });
    if (!this.#pulls) return;
    this.#pullDocument(uri);
    if (folder !== null) void this.#pullWorkspace();
  }

  /** As the client library of VS Code does: at each key, and what was asked before is taken back. */
  #pullDocument(uri: string): void {
    if (this.#pulling > 0) this.notify("$/cancelRequest", { id: this.#pulling });
    const params = { textDocument: { uri }, previousResultId: this.#resultIds.get(uri) };
    void this.request("textDocument/diagnostic", params).then((report) => this.#take({ uri, report }));
    this.#pulling = this.#id;
  }

  /** The same: again two seconds after each answer. */
  async #pullWorkspace(): Promise<void> {
    const previousResultIds = [...this.#resultIds].map(([uri, value]) => ({ uri, value }));
    const answer = await this.request("workspace/diagnostic", { previousResultIds });
    const { items } = answer as { readonly items: readonly (Report & { readonly uri: string })[] };
    for (const report of items) this.#take({ uri: report.uri, report });
    setTimeout(() => void this.#pullWorkspace(), WORKSPACE_PULL_MS);
  }

  /** Nothing where the question was taken back. */
  #take({ uri, report }: { readonly uri: string; readonly report: unknown }): void {
    const { resultId, items } = (report ?? {}) as Report;
    if (resultId !== undefined) this.#resultIds.set(uri, resultId);
    if (items !== undefined) this.#tell(uri, items);
  }

  /** Writes a text at a place of the document. */
  write(
    uri: string,
    line: number,
    { character, text }: { readonly character: number; readonly text: string },
  ): void {
    const at = { line, character };
    this.#version += 1;
    this.notify("textDocument/didChange", {
      textDocument: { uri, version: this.#version },
      contentChanges: [{ range: { start: at, end: at }, text }],
    });
    if (this.#pulls) this.#pullDocument(uri);
  }

  request(method: string, params: object): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#port.send({ jsonrpc: "2.0", id, method, params });
    return answered;
  }

  notify(method: string, params: object): void {
    this.#port.send({ jsonrpc: "2.0", method, params });
  }

  /** Resolves when the findings, by address, are as wanted. */
  async findings(isWanted: (found: ReadonlyMap<string, string>) => boolean): Promise<void> {
    while (!isWanted(this.#found)) await new Promise<void>((resolve) => this.#listeners.add(resolve));
  }

  #receive({ id, method, params = {}, result }: Message): void {
    if (method === undefined) {
      this.#waiting.get(id ?? 0)?.(result);
      return;
    }
    if (method === "textDocument/publishDiagnostics")
      this.#tell(String(params["uri"]), params["diagnostics"]);
    if (id !== undefined) this.#port.send({ jsonrpc: "2.0", id, result: this.#answer(method, params) });
  }

  #tell(uri: string, items: unknown): void {
    this.#found.set(uri, JSON.stringify(items));
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  #answer(method: string, params: Readonly<Record<string, unknown>>): unknown {
    if (method === "headwater/listFiles") return Object.keys(this.#files);
    if (method === "headwater/readFile") return btoa(this.#files[String(params["uri"])] ?? "");
    return null;
  }
}

/** Milliseconds. */
export interface TypingFigures {
  /** From the start of the server to the first findings of the document. */
  readonly coldMs: number;
  /** From the last of twenty keys, 60 ms apart, to the findings of what was written. */
  readonly settledMs: readonly number[];
  /** The answers to a completion right after each of these keys. */
  readonly completionMs: readonly number[];
}

const KEYS = 20;
const KEY_MS = 60;
const WORDS = 5;

/** Opens a document with a key that is unknown, and writes more of it a few times, as people type. */
export async function measureTyping(port: Port, world: SessionWorld): Promise<TypingFigures> {
  const session = new Session(port, world);
  await session.begin(world);
  await session.findings((found) => found.get(world.uri)?.includes("stray") === true);
  const coldMs = performance.now() - world.startedAt;
  const lines = world.text.split("\n");
  const line = lines.findIndex((text) => text.includes("stray"));
  const before = lines[line]?.indexOf(":") ?? 0;
  const settledMs: number[] = [];
  const completionMs: number[] = [];
  for (let word = 0; word < WORDS; word += 1) {
    for (let key = 0; key < KEYS; key += 1) {
      const letter = { character: before + word * KEYS + key, text: key === KEYS - 1 ? String(word) : "x" };
      session.write(world.uri, line, letter);
      const askedAt = performance.now();
      const position = { line, character: letter.character + 1 };
      // The extension asks for the places of marks and lenses; nobody waits for the answer.
      void session.request("headwater/describe", { uri: world.uri });
      await session.request("textDocument/completion", { textDocument: { uri: world.uri }, position });
      completionMs.push(performance.now() - askedAt);
      if (key < KEYS - 1) await pause(KEY_MS - (performance.now() - askedAt));
      else {
        await session.findings((found) => found.get(world.uri)?.includes(`x${word}`) === true);
        settledMs.push(performance.now() - askedAt);
      }
    }
  }
  return { coldMs, settledMs, completionMs };
}

/** Milliseconds. */
export interface WorkspaceFigures {
  /** From the start of the server until the last file that has a finding was told of. */
  readonly checkedMs: number;
  /** Answers to a hover, asked all the while that it checked. */
  readonly busyMs: readonly number[];
  /** The same when there was nothing to do. */
  readonly idleMs: readonly number[];
}

const ASK_MS = 10;
const IDLE_QUESTIONS = 100;

/** Opens a folder with many workflows, each of which has a finding, and asks something all the while. */
export async function measureWorkspace(
  port: Port,
  world: SessionWorld,
  files: number,
): Promise<WorkspaceFigures> {
  const session = new Session(port, world);
  await session.begin(world);
  const ask = async (): Promise<number> => {
    const askedAt = performance.now();
    const position = { line: 3, character: 2 };
    await session.request("textDocument/hover", { textDocument: { uri: world.uri }, position });
    return performance.now() - askedAt;
  };
  const checked: number[] = [];
  void session
    .findings((found) => found.size >= files)
    .then(() => checked.push(performance.now() - world.startedAt));
  const busyMs: number[] = [];
  while (checked.length === 0) {
    busyMs.push(await ask());
    await pause(ASK_MS);
  }
  const idleMs: number[] = [];
  for (let question = 0; question < IDLE_QUESTIONS; question += 1) {
    idleMs.push(await ask());
    await pause(ASK_MS);
  }
  return { checkedMs: checked[0] ?? Number.NaN, busyMs, idleMs };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, delayMs)));
}

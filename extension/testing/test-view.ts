import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import type { PlainRange } from "../language/described-file.js";
import type { Language } from "../language/language-client.js";
import { QuietQuestions } from "../language/quiet-questions.js";
import { runFiles, type ShownRun, type Verdict } from "./run-files.js";

const PATTERN = "**/*.workflow.test.yaml";

interface FoundTests {
  readonly workflow: string;
  readonly tests: readonly { readonly name: string; readonly range: PlainRange }[];
}

/**
 * The workflow tests of the workspace in the view of tests; they are simulated by the language server, wherever that runs. Those of a file
 * that is open are known at once, all of them when somebody looks at the view or runs them.
 */
export class TestView implements vscode.Disposable {
  readonly #language: Language;
  readonly #listFiles: () => Promise<readonly vscode.Uri[]>;
  readonly #found: QuietQuestions<FoundTests>;
  readonly #finding = new Set<string>();
  readonly #controller = vscode.tests.createTestController("headwater", "Headwater workflow tests");
  readonly #subscription: vscode.Disposable;
  #hasAll = false;

  constructor(language: Language, clock: Clock, listFiles: () => Promise<readonly vscode.Uri[]>) {
    this.#language = language;
    this.#listFiles = listFiles;
    this.#found = new QuietQuestions({
      ask: (uri, signal) => language.ask<FoundTests>("headwater/tests", { uri }, signal),
      clock,
    });
    this.#controller.resolveHandler = (item) => (item === undefined ? this.#findAll() : Promise.resolve());
    this.#controller.refreshHandler = () => this.#findAll();
    this.#controller.createRunProfile(
      "Simulate",
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#run(request, token),
      true,
    );
    this.#subscription = vscode.Disposable.from(
      this.#controller,
      vscode.commands.registerCommand("headwater.runTest", (uri: unknown, name: unknown) =>
        this.#runNamed(uri, name),
      ),
      ...this.#follow(),
    );
    for (const { uri } of vscode.workspace.textDocuments) void this.#find(uri);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** What changes which tests there are. */
  #follow(): readonly vscode.Disposable[] {
    const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    const findAnew = (uri: vscode.Uri): void => {
      this.#found.outdate(uri.toString());
      void this.#find(uri);
    };
    return [
      watcher,
      this.#language.onDidCheck((uri) => findAnew(vscode.Uri.parse(uri))),
      watcher.onDidCreate(findAnew),
      watcher.onDidChange(findAnew),
      watcher.onDidDelete((uri) => this.#forget(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        for (const [id] of this.#controller.items) {
          const uri = vscode.Uri.parse(id);
          if (!isTestFile(uri)) this.#forget(uri);
        }
        if (this.#hasAll) void this.#findAll();
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => void this.#find(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document: { uri } }) => {
        this.#found.written(uri.toString());
        void this.#find(uri);
      }),
    ];
  }

  async #findAll(): Promise<void> {
    this.#hasAll = true;
    for (const uri of await this.#listFiles()) {
      this.#found.outdate(uri.toString());
      await this.#find(uri);
    }
  }

  #forget(uri: vscode.Uri): void {
    this.#found.forget(uri.toString());
    this.#controller.items.delete(uri.toString());
  }

  async #find(uri: vscode.Uri): Promise<void> {
    const id = uri.toString();
    if (!isTestFile(uri) || this.#finding.has(id)) return;
    this.#finding.add(id);
    const found = await this.#found.of(id).finally(() => this.#finding.delete(id));
    if (found === null) return this.#controller.items.delete(id);
    const known = this.#controller.items.get(id);
    const file = known ?? this.#controller.createTestItem(id, found.workflow, uri);
    file.label = found.workflow;
    file.description = vscode.workspace.asRelativePath(uri);
    file.children.replace(
      found.tests.map(({ name, range: { start, end } }) => {
        const item = this.#controller.createTestItem(name, name, uri);
        item.range = new vscode.Range(start.line, start.character, end.line, end.character);
        return item;
      }),
    );
    if (known === undefined) this.#controller.items.add(file);
  }

  /** What a lens above a test asks for. */
  async #runNamed(uri: unknown, name: unknown): Promise<void> {
    if (typeof uri !== "string" || typeof name !== "string") return;
    const file = vscode.Uri.parse(uri);
    await this.#find(file);
    const test = this.#controller.items.get(file.toString())?.children.get(name);
    if (test === undefined) return;
    await this.#run(new vscode.TestRunRequest([test]), new vscode.CancellationTokenSource().token);
  }

  async #run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.include === undefined && !this.#hasAll) await this.#findAll();
    const run = this.#controller.createTestRun(request);
    const stop = new AbortController();
    if (token.isCancellationRequested) stop.abort();
    const canceling = token.onCancellationRequested(() => stop.abort());
    const files = {
      chosen: chosenTests(request, this.#controller.items),
      nameOf: ({ id }: vscode.TestItem) => id,
      ask: (uri: string, names: readonly string[], signal: AbortSignal) =>
        this.#language.ask<readonly Verdict[]>("headwater/runTests", { uri, names }, signal),
    };
    await runFiles(shownRun(run), files, stop.signal);
    canceling.dispose();
  }
}

/** Not an old text of one, such as stands beside a change. */
function isTestFile(uri: vscode.Uri): boolean {
  return uri.path.endsWith(".workflow.test.yaml") && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

/** What is to be run, by the address of the file. */
function chosenTests(
  { include, exclude }: vscode.TestRunRequest,
  files: vscode.TestItemCollection,
): ReadonlyMap<string, readonly vscode.TestItem[]> {
  const chosen = include ?? [...files].map(([, file]) => file);
  const tests = chosen.flatMap((item) =>
    item.parent === undefined ? [...item.children].map(([, child]) => child) : [item],
  );
  const byFile = new Map<string, vscode.TestItem[]>();
  for (const test of new Set(tests)) {
    const file = test.parent?.id;
    if (file === undefined || exclude?.includes(test) === true) continue;
    byFile.set(file, [...(byFile.get(file) ?? []), test]);
  }
  return byFile;
}

function shownRun(run: vscode.TestRun): ShownRun<vscode.TestItem> {
  return {
    started: (item) => run.started(item),
    tell: (item, verdict) => tellVerdict(run, item, verdict),
    fail: (item, reason) => run.errored(item, new vscode.TestMessage(reason)),
    end: () => run.end(),
  };
}

function tellVerdict(run: vscode.TestRun, item: vscode.TestItem, verdict: Verdict): void {
  const lines = [
    `${verdict.passed ? "✓" : "✗"} ${item.label}`,
    ...verdict.failures.map((text) => `  ${text}`),
  ];
  run.appendOutput(`${lines.join("\r\n")}\r\n`, undefined, item);
  if (verdict.passed) return run.passed(item);
  const messages = verdict.failures.map((failure) => {
    const message = new vscode.TestMessage(failure);
    if (item.uri !== undefined && item.range !== undefined)
      message.location = new vscode.Location(item.uri, item.range);
    return message;
  });
  run.failed(item, messages);
}

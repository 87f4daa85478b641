import * as vscode from "vscode";
import type { PlainRange } from "../language/described-file.js";
import type { Language } from "../language/language-client.js";

const PATTERN = "**/*.workflow.test.yaml";

interface FoundTests {
  readonly workflow: string;
  readonly tests: readonly { readonly name: string; readonly range: PlainRange }[];
}

interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  readonly failures: readonly string[];
}

/** The workflow tests of the workspace in the view of tests; they are simulated by the language server, wherever that runs. */
export class TestView implements vscode.Disposable {
  readonly #language: Language;
  readonly #controller = vscode.tests.createTestController("headwater", "Headwater workflow tests");
  readonly #subscription: vscode.Disposable;

  constructor(language: Language, listFiles: () => Promise<readonly vscode.Uri[]>) {
    this.#language = language;
    const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    const findAll = async (): Promise<void> => {
      for (const uri of await listFiles()) await this.#find(uri);
    };
    this.#controller.resolveHandler = (item) => (item === undefined ? findAll() : Promise.resolve());
    this.#controller.refreshHandler = findAll;
    this.#controller.createRunProfile(
      "Simulate",
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#run(request, token),
      true,
    );
    this.#subscription = vscode.Disposable.from(
      this.#controller,
      watcher,
      vscode.commands.registerCommand("headwater.runTest", (uri: unknown, name: unknown) =>
        this.#runNamed(uri, name),
      ),
      watcher.onDidCreate((uri) => void this.#find(uri)),
      watcher.onDidChange((uri) => void this.#find(uri)),
      watcher.onDidDelete((uri) => this.#controller.items.delete(uri.toString())),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => void this.#find(uri)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.#find(document.uri)),
    );
    void findAll();
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #find(uri: vscode.Uri): Promise<void> {
    if (!uri.path.endsWith(".workflow.test.yaml")) return;
    const id = uri.toString();
    const found = await this.#language.ask<FoundTests>("headwater/tests", { uri: id });
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
    const run = this.#controller.createTestRun(request);
    for (const [uri, items] of chosenTests(request, this.#controller.items)) {
      if (token.isCancellationRequested) break;
      for (const item of items) run.started(item);
      const names = items.map(({ id }) => id);
      const verdicts = await this.#language.ask<readonly Verdict[]>("headwater/runTests", { uri, names });
      for (const item of items) tellVerdict(run, item, verdicts ?? []);
    }
    run.end();
  }
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

function tellVerdict(run: vscode.TestRun, item: vscode.TestItem, verdicts: readonly Verdict[]): void {
  const verdict = verdicts.find(({ name }) => name === item.id);
  if (verdict === undefined) return run.skipped(item);
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

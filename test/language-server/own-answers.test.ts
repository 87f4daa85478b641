import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { CancellationTokenSource } from "vscode-languageserver-protocol";
import { ProtocolEditor, PULLING } from "./protocol-editor.js";

const FILES = {
  "headwater.yaml": "project: growth\n",
  "load.workflow.yaml": `workflow: load
params:
  day: { type: date, description: Which day }
  sizes: { type: "list<int>", default: [1, 2] }
steps:
  each_size:
    foreach: { size: "\${{ params.sizes }}" }
    steps:
      copy: { noop: {} }
  last: { needs: [each_size], noop: {} }
`,
  "load.workflow.test.yaml": `workflow: load
tests:
  goes well:
    params: { day: 2026-01-01 }
    expect: { run: succeeded }
  "is wrong":
    params: { day: 2026-01-01 }
    expect: { steps: { last: failed } }
`,
};

const LONG = `workflow: long
steps:
  all:
    foreach: { n: "\${{ range(0, 100000) }}" }
    steps: { one: { noop: {} }, two: { noop: {} } }
`;

interface Described {
  readonly project: string;
  readonly workflow: {
    readonly id: string;
    readonly fingerprint: string | null;
    readonly isBroken: boolean;
    readonly steps: readonly { readonly path: string; readonly range: { readonly start: object } }[];
  } | null;
}

describe("what the extension asks beside the protocol", () => {
  let editor: ProtocolEditor;
  afterEach(async () => assert.equal(await editor.end(), 0));

  async function ask<Answer>(request: string, params: object): Promise<Answer> {
    return editor.connection.sendRequest(`headwater/${request}`, params);
  }

  /** Asks again as often as the server says that more is known of a file, until it is so. */
  async function toldUntil(uri: string, isSo: () => Promise<boolean>): Promise<void> {
    let told: () => void = () => undefined;
    let next = new Promise<void>((resolve) => (told = resolve));
    const listening = editor.connection.onNotification(
      "headwater/checked",
      (checked: { readonly uri: string }) => {
        if (checked.uri === uri) told();
      },
    );
    while (!(await isSo())) {
      await next;
      next = new Promise((resolve) => (told = resolve));
    }
    listening.dispose();
  }

  async function described(
    uri: string,
    isWanted: (workflow: Described["workflow"]) => boolean,
  ): Promise<Described> {
    let found = await ask<Described>("describe", { uri });
    await toldUntil(uri, async () => {
      found = await ask<Described>("describe", { uri });
      return isWanted(found.workflow);
    });
    return found;
  }

  it("describes a workflow with the places of its steps; while it has errors it has no fingerprint", async () => {
    editor = await ProtocolEditor.start(FILES);
    const uri = editor.uri("load.workflow.yaml");
    await editor.open("load.workflow.yaml", FILES["load.workflow.yaml"]);
    const { project, workflow } = await described(uri, (found) => found?.fingerprint != null);
    assert.deepEqual([project, workflow?.id, workflow?.fingerprint?.length], ["growth", "load", 64]);
    assert.deepEqual(
      workflow?.steps.map(({ path, range }) => [path, range.start]),
      [
        ["each_size", { line: 5, character: 2 }],
        ["each_size.copy", { line: 8, character: 6 }],
        ["last", { line: 9, character: 2 }],
      ],
    );
    await editor.replace(
      "load.workflow.yaml",
      FILES["load.workflow.yaml"].replace("[each_size]", "[nothing]"),
    );
    await editor.findings("load.workflow.yaml", (found) => found.some(({ code }) => code === "unknown-need"));
    const broken = (await ask<Described>("describe", { uri })).workflow;
    assert.deepEqual([broken?.fingerprint, broken?.isBroken], [null, true]);
    assert.deepEqual(
      (await ask<Described>("describe", { uri: editor.uri("headwater.yaml") })).workflow,
      null,
    );
  });

  it("describes and lists at once what was last understood, and tells when more is known", async () => {
    editor = await ProtocolEditor.start(FILES, {}, PULLING);
    const [uri, testsUri] = [editor.uri("load.workflow.yaml"), editor.uri("load.workflow.test.yaml")];
    await editor.open("load.workflow.yaml", FILES["load.workflow.yaml"]);
    await editor.open("load.workflow.test.yaml", FILES["load.workflow.test.yaml"]);
    const { workflow } = await ask<Described>("describe", { uri });
    assert.deepEqual([workflow?.id, workflow?.steps.length, workflow?.fingerprint], ["load", 3, null]);
    assert.equal(workflow?.isBroken, false);
    await described(uri, (found) => found?.fingerprint != null);
    const longer = `${FILES["load.workflow.yaml"]}  more: { noop: {} }\n`;
    await editor.replace("load.workflow.yaml", longer);
    const written = await ask<Described>("describe", { uri });
    assert.deepEqual([written.workflow?.steps.length, written.workflow?.fingerprint], [3, null]);
    await described(uri, (found) => found?.steps.length === 4 && found.fingerprint !== null);
    await editor.replace("load.workflow.yaml", `# first\n${longer}`);
    const { workflow: moved } = await ask<Described>("describe", { uri });
    assert.deepEqual(moved?.steps[3]?.range.start, { line: 11, character: 2 });

    const listed = async (): Promise<number> =>
      (await ask<{ readonly tests: readonly object[] }>("tests", { uri: testsUri })).tests.length;
    assert.equal(await listed(), 2);
    await editor.replace(
      "load.workflow.test.yaml",
      `${FILES["load.workflow.test.yaml"]}  more: { expect: { run: succeeded } }\n`,
    );
    await toldUntil(testsUri, async () => (await listed()) === 3);
  });

  it("draws a graph without colours of its own, whose steps can be told", async () => {
    editor = await ProtocolEditor.start(FILES);
    const { svg } = await ask<{ svg: string }>("graph", { uri: editor.uri("load.workflow.yaml") });
    assert.deepEqual(
      new Set([...svg.matchAll(/data-step="([^"]+)"/g)].map(([, path]) => path)),
      new Set(["each_size", "each_size.copy", "last"]),
    );
    assert.ok(!svg.includes("<style"));
  });

  it("finds tests with their places, and simulates those that are named", async () => {
    editor = await ProtocolEditor.start(FILES);
    const uri = editor.uri("load.workflow.test.yaml");
    const { tests } = await ask<{ tests: { name: string; range: { start: object } }[] }>("tests", { uri });
    assert.deepEqual(
      tests.map(({ name, range }) => [name, range.start]),
      [
        ["goes well", { line: 2, character: 2 }],
        ["is wrong", { line: 5, character: 2 }],
      ],
    );
    const verdicts = await ask<{ name: string; passed: boolean; failures: string[] }[]>("runTests", {
      uri,
      names: null,
    });
    assert.deepEqual(
      verdicts.map(({ name, passed }) => [name, passed]),
      [
        ["goes well", true],
        ["is wrong", false],
      ],
    );
    assert.match(verdicts[1]?.failures[0] ?? "", /last/);
    assert.equal((await ask<object[]>("runTests", { uri, names: ["goes well"] })).length, 1);
  });

  it("answers a completion while it simulates what takes long, which it leaves at last, and at once when nobody waits", async () => {
    editor = await ProtocolEditor.start({
      "headwater.yaml": "project: growth\n",
      "long.workflow.yaml": LONG,
      "long.workflow.test.yaml": "workflow: long\ntests: { plays: { expect: { run: succeeded } } }\n",
    });
    const textDocument = { uri: editor.uri("long.workflow.yaml") };
    await editor.open("long.workflow.yaml", LONG);
    const run = { uri: editor.uri("long.workflow.test.yaml"), names: null };
    // By then all is checked.
    assert.deepEqual(await ask("runTests", { ...run, names: [] }), []);
    const tests = { areDone: false };
    const tested = ask<readonly { readonly failures: readonly string[] }[]>("runTests", run).finally(
      () => (tests.areDone = true),
    );
    const position = { line: 3, character: 6 };
    let completed = 0;
    for (; !tests.areDone; completed += 1)
      await editor.connection.sendRequest("textDocument/completion", { textDocument, position });
    assert.ok(completed > 20, `${completed} completions`);
    const [verdict] = await tested;
    assert.match(verdict?.failures[0] ?? "", /left after 200,000 events.*headwater test/);
    const source = new CancellationTokenSource();
    const asked = { ...textDocument, params: {}, given: {} };
    const simulated = editor.connection.sendRequest<object | null>("headwater/simulate", asked, source.token);
    source.cancel();
    assert.equal(await simulated.catch(() => null), null);
  });

  it("says how a form asks for params, and reads what was typed by its type", async () => {
    editor = await ProtocolEditor.start(FILES);
    const definition = await ask<{ params: object[] }>("definition", {
      uri: editor.uri("load.workflow.yaml"),
    });
    const nothing = { options: null, default: null };
    assert.deepEqual(await ask("params", { params: definition.params }), [
      { ...nothing, name: "day", type: "date", isRequired: true, description: "Which day" },
      { ...nothing, name: "sizes", type: "list<int>", isRequired: false, default: [1, 2], description: null },
    ]);
    assert.deepEqual(await ask("readParam", { type: "list<int>", text: "3, 4" }), {
      ok: true,
      value: [3, 4],
    });
    const { problem } = await ask<{ problem: string }>("readParam", { type: "int", text: "many" });
    assert.match(problem, /must be int, is "many"/);
  });

  it("plans what unsaved edits change of a branch, as a pull request tells it, and then checks as before", async () => {
    editor = await ProtocolEditor.start(FILES);
    const uri = editor.uri("load.workflow.yaml");
    const text = FILES["load.workflow.yaml"];
    await editor.open(
      "load.workflow.yaml",
      text.replace("last: { needs: [each_size]", "end: { needs: [each_size]"),
    );
    const files = [
      ...Object.entries(FILES).map(([path, content]) => ({ path, text: content })),
      { path: "gone.workflow.yaml", text: "workflow: gone\nsteps: { a: { noop: {} } }\n" },
    ];
    const before = {
      branch: "main",
      commit: "0123456789abcdef",
      paths: files.map(({ path }) => path),
      files,
    };
    const runs = [{ workflow: "load", name: "growth/load#7", status: "running" }];
    const planned = await ask<{ readonly markdown: string; readonly errors: number }>("plan", {
      uri,
      before,
      usualDurations: [],
      runs,
    });
    assert.match(planned.markdown, /main \(01234567\)/);
    assert.match(planned.markdown, /changed `load`[^]*step `end`: `id` `last` → `end`/);
    assert.match(planned.markdown, /removed `gone`/);
    assert.match(planned.markdown, /growth\/load#7/);
    // A test speaks of the step that is gone.
    assert.equal(planned.errors, 1);
    await editor.replace("load.workflow.yaml", text.replace("[each_size]", "[nothing]"));
    await editor.findings("load.workflow.yaml", (found) => found.some(({ code }) => code === "unknown-need"));
  });

  it("asks what may be said before a run is simulated, and simulates it from now on", async () => {
    editor = await ProtocolEditor.start(FILES);
    const uri = editor.uri("load.workflow.yaml");
    await editor.open("load.workflow.yaml", FILES["load.workflow.yaml"]);
    const form = await ask<{ readonly steps: readonly { readonly path: string }[] }>("simulationForm", {
      uri,
    });
    assert.deepEqual(
      form.steps.map(({ path }) => path),
      ["each_size.copy", "last"],
    );
    const given = { last: { fails: "error", outputs: {} } };
    const simulated = await ask<{ readonly text?: string }>("simulate", {
      uri,
      params: { day: "2026-01-01" },
      given,
    });
    assert.match(
      simulated.text ?? "",
      /^load from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, simulated[^]*\nfailed after 0s/,
    );
    assert.deepEqual(await ask("simulate", { uri, params: {}, given: {} }), {
      ok: false,
      problem: 'Param "day" is required and has no default',
    });
  });
});

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLanguageService, type LanguageService } from "@headwater/language-server";
import { Checker } from "#language-server/checker.js";
import { createDiskReader } from "#language-server/disk-reader.js";
import { FolderLoader } from "#language-server/folder-loader.js";
import { platformTimer, type Timer } from "#language-server/timer.js";
import type { WorkspaceReader } from "#language-server/workspace-reader.js";
import { afterEach, beforeEach, describe, it } from "mocha";

/** So much as no test waits. */
const LONG_MS = 1000;

describe("the files that the language server reads", () => {
  let folder = "";
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "headwater-loader-"))));
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const path of new Set(Object.keys(files).map(dirname)))
      await mkdir(join(folder, path), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  }

  const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;

  interface World {
    readonly service: LanguageService;
    readonly loader: FolderLoader;
    readonly checker: Checker;
    readonly warnings: readonly string[];
    /** Paths, in the order in which they were read. */
    readonly read: readonly string[];
    /** Whatever somebody waits long for does not come. */
    readonly loseThePatience: () => void;
  }

  function open(given: Partial<WorkspaceReader> = {}, cameLate: () => void = () => undefined): World {
    const service = createLanguageService({
      encoding: { encode: (text) => Buffer.from(text), decode: (bytes) => Buffer.from(bytes).toString() },
      docs: null,
      now: () => Date.UTC(2026, 0, 5),
    });
    const patient = new Set<() => void>();
    const platform = platformTimer();
    const timer: Timer = {
      ...platform,
      after(delayMs, call) {
        if (delayMs < LONG_MS) return platform.after(delayMs, call);
        patient.add(call);
        return () => void patient.delete(call);
      },
    };
    const [warnings, read]: [string[], string[]] = [[], []];
    const disk = { ...createDiskReader(), ...given };
    const reader: WorkspaceReader = {
      list: (root) => disk.list(root),
      read(uri) {
        read.push(uri.slice(uriOf("").length + 1));
        return disk.read(uri);
      },
    };
    const loader = new FolderLoader({
      service,
      reader,
      timer,
      warn: (message) => warnings.push(message),
      cameLate,
    });
    return {
      service,
      loader,
      checker: new Checker(service, timer, loader),
      warnings,
      read,
      loseThePatience: () => patient.forEach((call) => call()),
    };
  }

  it("are those of the language, and of all others those that one of them names", async () => {
    const modules = Array.from({ length: 5000 }, (_, nth) => [`.venv/lib/m${nth}.py`, "pass\n"] as const);
    await write({
      ...Object.fromEntries(modules),
      "headwater.yaml": "project: growth\n",
      "a.workflow.yaml": "workflow: a\nsteps: { one: { sql: { file: one.sql } } }\n",
      "one.sql": "select ${{ params.day }}\n",
      "two.sql": "select 2\n",
    });
    const { service, loader, checker, read } = open();
    await loader.loadFirst([uriOf("")]);
    assert.ok(await checker.check());
    assert.deepEqual(read.toSorted(), ["a.workflow.yaml", "headwater.yaml", "one.sql"]);
    assert.deepEqual(
      service.diagnosticsOf(uriOf("one.sql")).map(({ code }) => code),
      ["expression-not-allowed"],
    );

    await write({ "one.sql": "select 1\n", "two.sql": "select 3\n" });
    await loader.refresh([uriOf("one.sql"), uriOf("two.sql"), uriOf(".venv/lib/m7.py")]);
    assert.ok(await checker.check());
    assert.deepEqual(read.slice(3), ["one.sql"]);
    assert.deepEqual(service.diagnosticsOf(uriOf("one.sql")), []);
  });

  it("are, of what is new, files and what is in folders, and no folder itself, nor where a link leads", async () => {
    await write({ "headwater.yaml": "project: growth\n" });
    const { service, loader } = open();
    await loader.loadFirst([uriOf("")]);
    await write({ "one.sql": "", "jobs/daily/load.py": "" });
    await mkdir(join(folder, "empty"));
    await symlink(join(folder, "one.sql"), join(folder, "link.sql"));
    await loader.refresh(["one.sql", "jobs", "empty", "link.sql", "gone.sql"].map(uriOf));
    assert.deepEqual(
      [...service.workspace.files.uris()].toSorted(),
      ["headwater.yaml", "jobs/daily/load.py", "one.sql"].map(uriOf),
    );
  });

  it("are none of an environment of Python, whatever happens in it", async () => {
    await write({
      "headwater.yaml": "project: growth\n",
      "env/pyvenv.cfg": "home = /usr/bin\n",
      "env/lib/a.workflow.yaml": "workflow: a\nstesp: {}\n",
    });
    const { service, loader } = open();
    await loader.loadFirst([uriOf("")]);
    const { edition } = service.workspace.files;
    await loader.refresh([uriOf("env/lib/a.workflow.yaml"), uriOf("env/lib/b.py")]);
    assert.equal(service.workspace.files.edition, edition);
    assert.deepEqual(
      [...service.workspace.files.uris()].toSorted(),
      ["env/pyvenv.cfg", "headwater.yaml"].map(uriOf),
    );
  });

  it("are waited for, but not for ever: what is open is checked, and again when they come", async () => {
    await write({ "headwater.yaml": "project: growth\n", "callee.workflow.yaml": CALLEE });
    let answer: (uris: readonly string[]) => void = () => undefined;
    let tellLate: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (tellLate = resolve));
    const list = (): Promise<readonly string[]> => new Promise((resolve) => (answer = resolve));
    const { service, loader, checker, warnings, loseThePatience } = open({ list }, () => tellLate());
    const caller = uriOf("caller.workflow.yaml");
    service.workspace.open(caller, 1, CALLER);
    const loading = loader.loadFirst([uriOf("")]);
    const checking = checker.check();
    loseThePatience();
    await Promise.all([loading, checking]);
    assert.match(warnings.join("\n"), /^Cannot read all files of .*: no answer for 10 seconds/);
    assert.deepEqual(
      service.diagnosticsOf(caller).map(({ code }) => code),
      ["unknown-workflow"],
    );
    answer(["headwater.yaml", "callee.workflow.yaml"].map(uriOf));
    await late;
    await checker.check();
    assert.deepEqual(service.diagnosticsOf(caller), []);
  });

  it("may be one that never comes: what names it is checked without it, once", async () => {
    await write({
      "headwater.yaml": "project: growth\n",
      "a.workflow.yaml": "workflow: a\nsteps: { one: { sql: { file: one.sql } } }\n",
      "one.sql": "select 1\n",
    });
    const disk = createDiskReader();
    const read: WorkspaceReader["read"] = (uri) =>
      uri.endsWith(".sql") ? new Promise(() => undefined) : disk.read(uri);
    const { service, loader, checker, warnings, ...world } = open({ read });
    await loader.loadFirst([uriOf("")]);
    const checking = checker.check();
    while (warnings.length === 0) {
      world.loseThePatience();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(await checking);
    const found = service.diagnosticsOf(uriOf("a.workflow.yaml"));
    assert.ok(found.some(({ code }) => code === "file-missing"));
    assert.equal(warnings.length, 1);
  });
});

const CALLER = "workflow: caller\nsteps: { call: { workflow: callee } }\n";
const CALLEE = "workflow: callee\nsteps: { one: { noop: {} } }\n";

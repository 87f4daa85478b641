import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { proposedEntriesMax, readCommitFiles, type CommitFiles } from "#server/source/mirror/commit-files.js";
import { FOLDER, type TreeEntry } from "#server/source/mirror/tree-object.js";

/** A folder: a text is a file, an entry stands for itself. */
interface Folder {
  readonly [name: string]: string | Folder | readonly TreeEntry[];
}

describe("readCommitFiles()", () => {
  const trees = new Map<string, readonly TreeEntry[]>();
  let read: string[] = [];

  /** The id of the tree of that folder. */
  function treeOf(folder: Folder): string {
    const entries = Object.entries(folder).flatMap(([name, content]): readonly TreeEntry[] => {
      if (typeof content === "string") return [{ mode: "100644", name, id: idOf(content) }];
      return isEntries(content) ? content : [{ mode: FOLDER, name, id: treeOf(content) }];
    });
    const id = idOf(JSON.stringify(entries));
    trees.set(id, entries);
    return id;
  }

  async function filesOf(folder: Folder, before: CommitFiles | null = null): Promise<CommitFiles> {
    read = [];
    const readTree = async (id: string): Promise<readonly TreeEntry[]> => {
      read.push(id);
      return trees.get(id) ?? assert.fail(`no tree ${id}`);
    };
    return readCommitFiles(treeOf(folder), before, { readTree });
  }

  const folder: Folder = {
    "headwater.yaml": "project",
    "README.md": "words",
    etl: { "load.workflow.yaml": "load", sql: { "load.sql": "select", "old.sql": "drop" }, "run.sh": "echo" },
    docs: { guide: { "a.md": "a" }, empty: {} },
  };

  it("has every file by its blob, and what the compiler may read in the order in which it counts", async () => {
    const { blobs, paths, readable } = await filesOf(folder);
    assert.equal(blobs.get("etl/sql/load.sql"), idOf("select"));
    assert.deepEqual(paths, [
      "README.md",
      "docs/guide/a.md",
      "etl/load.workflow.yaml",
      "etl/run.sh",
      "etl/sql/load.sql",
      "etl/sql/old.sql",
      "headwater.yaml",
    ]);
    assert.deepEqual(readable, [
      "etl/load.workflow.yaml",
      "headwater.yaml",
      "etl/sql/load.sql",
      "etl/sql/old.sql",
      "etl/run.sh",
    ]);
  });

  it("reads only the folders that changed", async () => {
    const before = await filesOf(folder);
    const etl = { ...(folder["etl"] as Folder), "load.workflow.yaml": "load more" };
    const after = await filesOf({ ...folder, etl }, before);
    assert.deepEqual(read, [before.treeId, after.treeId, treeOf(folder["etl"] as Folder), treeOf(etl)]);
    assert.equal(after.blobs.get("etl/load.workflow.yaml"), idOf("load more"));
    assert.equal(after.paths, before.paths);
    assert.equal((await filesOf({ ...folder, etl }, after)).blobs.size, 7);
    assert.deepEqual(read, []);
  });

  it("tells what is other than in the commit before: what has come, gone, or has another content or mode", async () => {
    const before = await filesOf(folder);
    assert.equal(before.since, null);
    const { "README.md": _, ...rest } = folder;
    const sql = {
      "load.sql": "select 2",
      "old.sql": [{ mode: "120000", name: "old.sql", id: idOf("drop") }],
    };
    const run = [{ mode: "100755", name: "run.sh", id: idOf("echo") }];
    const etl = { "load.workflow.yaml": "load", "new.md": "new", sql, run };
    const after = await filesOf({ ...rest, etl }, before);
    assert.equal(after.since?.treeId, before.treeId);
    assert.deepEqual([...after.since.changed].sort(), [
      "README.md",
      "etl/new.md",
      "etl/run.sh",
      "etl/sql/load.sql",
      "etl/sql/old.sql",
    ]);
  });

  it("knows which files have their executable bit", async () => {
    const { executables } = await filesOf({ a: [{ ...entry("a", "1"), mode: "100755" }], b: "1" });
    assert.deepEqual([...executables], ["a"]);
  });

  const changes: readonly (readonly [what: string, from: Folder, to: Folder])[] = [
    ["files come and go", folder, { "headwater.yaml": "project", etl: { "new.sql": "1" } }],
    ["a file becomes a folder", { a: "file", b: "1" }, { a: { "c.sql": "1" }, b: "1" }],
    ["a folder becomes a file", { a: { "c.sql": { d: "1" } } }, { a: "file" }],
    ["all goes", folder, {}],
    ["all comes", {}, folder],
    ["a folder moves", { old: folder }, { new: { deep: folder } }],
    ["a link takes the place of a file", { a: "1" }, { a: [{ mode: "120000", name: "a", id: idOf("1") }] }],
    ["a link becomes a file", { a: [{ mode: "120000", name: "a", id: idOf("1") }] }, { a: "1" }],
    ["a file may be run", { a: [entry("a", "1")] }, { a: [{ ...entry("a", "1"), mode: "100755" }] }],
    [
      "a file may no longer be run",
      { a: [{ ...entry("a", "1"), mode: "100755" }] },
      { a: [entry("a", "1")] },
    ],
    ["two entries have one name", { a: [entry("a", "1"), entry("a", "2")], b: "3" }, { a: "1", b: "4" }],
    ["two entries get one name", { a: "1" }, { a: [entry("a", "2"), entry("a", "1")] }],
  ];
  for (const [what, from, to] of changes) {
    it(`comes to the same when ${what}`, async () => {
      const before = await filesOf(from);
      const [compared, alone] = [await filesOf(to, before), await filesOf(to)];
      assert.deepEqual({ ...compared, since: null }, alone);
      const looks = ({ blobs, executables }: CommitFiles, path: string) =>
        `${blobs.get(path)} ${executables.has(path)}`;
      const other = [...before.paths, ...alone.paths].filter(
        (path) => looks(before, path) !== looks(alone, path),
      );
      for (const path of other) assert.ok(compared.since?.changed.has(path), path);
    });
  }

  it("leaves out what no working copy may have", async () => {
    const odd = [entry("..", "1"), entry("a/b", "1"), entry(".GIT", "1"), entry("caf\uFFFD", "1")];
    const { paths, leftOut } = await filesOf({ odd: [...odd], "..": { a: "1" }, b: "1" });
    assert.deepEqual(paths, ["a/b", "b"]);
    assert.deepEqual([...leftOut.keys()].sort(), ["..", "../a", ".GIT", "caf\uFFFD"]);
  });

  it("tells what it leaves out, and no more what is gone or a file now", async () => {
    const link = (name: string): TreeEntry => ({ mode: "120000", name, id: idOf("target") });
    const module = { mode: "160000", name: "lib", id: idOf("commit") };
    const first = await filesOf({ a: { to: [link("one"), link("two"), module] }, b: "1" });
    const reasons = [
      ["a/one", "it is a symbolic link"],
      ["a/two", "it is a symbolic link"],
      ["a/lib", "it is a submodule"],
    ];
    assert.deepEqual([...first.leftOut], reasons);
    const second = await filesOf({ a: { to: [link("one"), entry("two", "1"), module] }, b: "1" }, first);
    assert.deepEqual([...second.leftOut.keys()], ["a/one", "a/lib"]);
    assert.deepEqual([...(await filesOf({ a: { one: "1" }, b: "1" }, second)).leftOut], []);
  });

  it("refuses trees that hold each other without a bound", async () => {
    let id = treeOf({ file: "1" });
    for (const level of [1, 2, 3]) {
      const entries = Array.from({ length: 1000 }, (_entry, index) => ({
        mode: FOLDER,
        name: `f${index}`,
        id,
      }));
      id = idOf(`level ${level}`);
      trees.set(id, entries);
    }
    await assert.rejects(readCommitFiles(id, null, { readTree: async (tree) => trees.get(tree) ?? [] }), {
      code: "bad-request",
      message: /more than 2000000 files and folders$/,
    });
    // Somebody proposes it: they may add a share of what is there.
    const entriesMax = proposedEntriesMax({ paths: ["a"] });
    await assert.rejects(
      readCommitFiles(id, null, { readTree: async (tree) => trees.get(tree) ?? [], entriesMax }),
      { message: /more than 20002 files and folders$/ },
    );
  });
});

function isEntries(content: Folder | readonly TreeEntry[]): content is readonly TreeEntry[] {
  return Array.isArray(content);
}

function entry(name: string, content: string): TreeEntry {
  return { mode: "100644", name, id: idOf(content) };
}

function idOf(content: string): string {
  return createHash("sha1").update(content).digest("hex");
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compileProject, createCompileCache } from "@headwater/workflow";
import { ContentCache } from "#server/source/git/content-cache.js";
import type { ObjectReader } from "#server/source/git/object-reader.js";
import { readableOf, type CommitFiles } from "#server/source/mirror/commit-files.js";
import { readCommitTree } from "#server/source/mirror/commit-tree.js";

const FILE_BYTES = 256 * 1024;
const WORKFLOW = "workflow: w\nsteps: { a: { run: ./z.sh } }\n";
const SCRIPT = "#!/bin/sh\ntrue\n";

describe("the tree of a commit with more than a compiler is given", () => {
  it("is compiled where nothing asks for what found no place, and refused where something does", async () => {
    const cache = createCompileCache();
    // Those come before the script, whose content is the same in all of them.
    const huge = await treeOf(513);
    assert.equal(huge.read("w.workflow.yaml")?.length, WORKFLOW.length);
    assert.throws(() => compileProject(huge, cache), {
      code: "bad-request",
      message: "Cannot read the files of a commit: what is to be compiled takes more than 128 MiB",
    });
    // That it was not there is not remembered of it.
    assert.deepEqual(compileProject(await treeOf(1), cache).diagnostics, []);
    const quiet = await treeOf(513, WORKFLOW.replace("./z.sh", "echo"));
    assert.deepEqual(compileProject(quiet, cache).diagnostics, []);
    assert.equal(quiet.read("LICENSE"), undefined);
  });
});

/** With a workflow, so many queries that no step uses, and a script. */
function treeOf(queries: number, workflow = WORKFLOW) {
  const names = Array.from({ length: queries }, (_, index) => `q${index}.sql`);
  const paths = ["LICENSE", "headwater.yaml", ...names, "w.workflow.yaml", "z.sh"].toSorted();
  const query = Buffer.alloc(FILE_BYTES, "-");
  const texts: Readonly<Record<string, string>> = {
    "headwater.yaml": "project: p\n",
    "w.workflow.yaml": workflow,
    "z.sh": SCRIPT,
  };
  const files: CommitFiles = {
    treeId: `${queries} ${workflow}`,
    since: null,
    blobs: new Map(paths.map((path) => [path, path === "w.workflow.yaml" ? workflow : path])),
    executables: new Set(["z.sh"]),
    leftOut: new Map(),
    paths,
    readable: readableOf(paths),
  };
  const reader: Pick<ObjectReader, "read"> = {
    read: async (id) => Buffer.from(texts[id] ?? (id === workflow ? workflow : query)),
  };
  // Only that is asked of it.
  return readCommitTree(files, {
    reader: reader as ObjectReader,
    cache: new ContentCache({ maxSize: 0, sizeOf: () => 1 }),
  });
}

import assert from "node:assert/strict";
import { CODES, compileProject, createCompileCache, type SourceTree } from "@headwater/workflow";
import { yamlTexts } from "../yaml-texts.js";

/** Files larger than this are cut off at random places only, by the test of bad input. */
const BYTES_MAX = 200;

/** One cache for all: what does not change with the file is made once, and many projects begin with the same letters. */
const cache = createCompileCache();

/** The files of each fixture, by their paths in it. */
function projects(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [name, text] of Object.entries(yamlTexts())) {
    const [fixture = "", path = ""] = name.startsWith("test/fixtures/language/")
      ? ["language", name.slice("test/fixtures/language/".length)]
      : name.split(" ");
    if (path === "") continue;
    found.set(fixture, (found.get(fixture) ?? new Map<string, string>()).set(path, text));
  }
  return found;
}

function treeOf(files: ReadonlyMap<string, string>, cut: string, bytes: Uint8Array): SourceTree {
  return {
    paths: [...files.keys()].sort(),
    contentId: (path) => (path === cut ? `${files.get(path) ?? ""} ${bytes.length}` : files.get(path)),
    read: (path) => (path === cut ? bytes : files.has(path) ? Buffer.from(files.get(path) ?? "") : undefined),
  };
}

describe("compileProject() never throws, and places every finding in its file, wherever a file is cut off", () => {
  for (const [fixture, files] of projects()) {
    it(`of ${fixture}`, () => {
      for (const [path, text] of files) {
        const whole = Buffer.from(text);
        if (whole.length > BYTES_MAX) continue;
        for (let length = 0; length <= whole.length; length += 1) {
          const { diagnostics } = compileProject(treeOf(files, path, whole.subarray(0, length)), cache);
          for (const { code, range, file } of diagnostics) {
            const at = `${code} of ${file}, cut off after ${length} bytes of ${path}`;
            assert.ok(code in CODES, at);
            assert.ok(
              (0 <= range.start && range.start <= range.end && range.end <= text.length) || file !== path,
              at,
            );
          }
        }
      }
    }).timeout(20_000);
  }
});

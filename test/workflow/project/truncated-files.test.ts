import assert from "node:assert/strict";
import { CODES, compileProject, createCompileCache, type SourceTree } from "@headwater/workflow";
import { yamlTexts } from "../yaml-texts.js";

/** Files up to this are cut off at every byte; larger ones at every boundary of words, signs and white space, which takes a fifth of the time. */
const BYTES_MAX = 300;

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

/** After how many bytes a file is cut off. */
function lengthsOf(text: string): readonly number[] {
  const bytes = Buffer.byteLength(text);
  if (bytes <= BYTES_MAX) return Array.from({ length: bytes + 1 }, (_, length) => length);
  const lengths = [0];
  for (const [token] of text.matchAll(/\w+|\s+|[^\w\s]+/gu))
    lengths.push((lengths.at(-1) ?? 0) + Buffer.byteLength(token));
  return lengths;
}

describe("compileProject() never throws, and places every finding in its file, wherever a file is cut off", () => {
  for (const [fixture, files] of projects()) {
    it(`of ${fixture}`, () => {
      for (const [path, text] of files) {
        const whole = Buffer.from(text);
        for (const length of lengthsOf(text)) {
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
    }).timeout(120_000);
  }
});

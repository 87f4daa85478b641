import assert from "node:assert/strict";
import { it } from "mocha";
import { isLfsPointer } from "#workflow/syntax/git-lfs.js";

const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";

for (const [name, text, expected] of [
  ["a pointer", POINTER, true],
  ["a longer file that begins like one", POINTER + " ".repeat(1024), false],
  ["another file", "select 1", false],
  ["an empty file", "", false],
] as const) {
  it(`isLfsPointer() tells ${name}`, () => {
    assert.equal(isLfsPointer(new TextEncoder().encode(text)), expected);
  });
}

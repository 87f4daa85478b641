import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a document is. */
export function documentPath(name: string): string {
  return join(import.meta.dirname, "..", "..", "..", "docs", name);
}

/** The part of a document between its two marks is `expected`. With `UPDATE_DOCS` set it is made so. */
export function checkGeneratedPart(name: string, part: string, expected: string): void {
  const path = documentPath(name);
  const text = readFileSync(path, "utf8");
  const marks = new RegExp(`(<!-- ${part}: generated -->\n)[^]*(<!-- ${part}: end -->)`);
  assert.match(text, marks);
  const updated = text.replace(
    marks,
    (_, start: string, end: string) => `${start}\n${expected.trim()}\n\n${end}`,
  );
  if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(path, updated);
  else
    assert.equal(text, updated, `docs/${name} is behind: UPDATE_DOCS=1 npx mocha 'test/dist/docs/*.test.js'`);
}

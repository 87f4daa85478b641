import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { SERVICE_ERRORS } from "#server/errors.js";
import { documentPath } from "./generated-part.js";

it("docs/errors.md has a section for every error of the service and of its store, and no others", () => {
  const text = readFileSync(documentPath("errors.md"), "utf8");
  const part = /^## Errors of the service\n([^]*?)(?=^## |(?![^]))/m.exec(text)?.[1] ?? "";
  const sections = [...part.matchAll(/^### `?([a-z-]+)`?/gm)].map(([, code]) => code ?? "");
  assert.deepEqual(
    sections.toSorted(byName),
    [...Object.keys(SERVICE_ERRORS), ...storeCodes()].toSorted(byName),
  );
});

/** A union of types leaves no trace in the build, so it is read where it is written. */
function storeCodes(): readonly string[] {
  const source = join(import.meta.dirname, "..", "..", "..", "server", "store", "store-error.ts");
  const union = /export type StoreErrorCode =([^;]*);/.exec(readFileSync(source, "utf8"))?.[1] ?? "";
  return [...union.matchAll(/\| "([a-z-]+)"/g)].map(([, code]) => code ?? "");
}

function byName(one: string, other: string): number {
  return one < other ? -1 : 1;
}

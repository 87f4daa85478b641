import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { sectionOf } from "#extension/language/error-section.js";

const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../../docs/errors.md"), "utf8");
const CODES = [...DOCUMENT.matchAll(/^### `([a-z0-9-]+)`$/gm)].map(([, code = ""]) => code);

describe("sectionOf()", () => {
  it("gives of each code what docs/errors.md says of it, and of no other", () => {
    assert.ok(CODES.length > 100);
    for (const code of CODES) {
      const section = sectionOf(code, DOCUMENT);
      assert.deepEqual(
        [...section.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading),
        [`\`${code}\``],
      );
      assert.ok(section.length > code.length + 40, section);
    }
  });

  it("has no links to pages that are not there", () => {
    const text = "### `a-code`\n\nSee [alerts](guide/alerts.md) and [`b-code`](#b-code).\n\n### `b-code`\n";
    assert.equal(sectionOf("a-code", text), "# `a-code`\n\nSee alerts and `b-code`.\n\n");
  });

  it("says that there is none of a code that is not there", () =>
    assert.equal(sectionOf("no-code", DOCUMENT), "No section tells of `no-code`.\n"));
});

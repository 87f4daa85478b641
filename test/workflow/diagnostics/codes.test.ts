import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { CODES } from "@headwater/workflow";
import { annotate } from "../findings-fixture.js";

const ROOT = new URL("../../../../", import.meta.url);
const FIXTURES = new URL("test/fixtures/findings/", ROOT);

describe("findings in files", () => {
  for (const name of readdirSync(FIXTURES).sort()) {
    it(`${name}: every finding is at its place, in its words`, () => {
      const fixture = readFileSync(new URL(name, FIXTURES), "utf8");
      assert.equal(annotate(fixture), fixture);
    });
  }

  it("every code has a fixture of its name that shows it", () => {
    const shown = readdirSync(FIXTURES).filter((name) =>
      readFileSync(new URL(name, FIXTURES), "utf8").includes(`^ ${name.replace(".txt", "")}: `),
    );
    assert.deepEqual(shown.map((name) => name.replace(".txt", "")).sort(), Object.keys(CODES).sort());
  });

  it("docs/errors.md has one section for each code, with the title of the table, and no other", () => {
    const docs = readFileSync(new URL("docs/errors.md", ROOT), "utf8");
    const chapter = docs.split(/^## /m).find((part) => part.startsWith("Findings in files\n")) ?? "";
    const sections = [...chapter.matchAll(/^### `([a-z0-9-]+)`\n\n\*\*(.*)\*\*$/gm)].map(
      ([, code, title]) => `${code}: ${title}`,
    );
    assert.deepEqual(
      sections.sort(),
      Object.entries(CODES)
        .map(([code, { title }]) => `${code}: ${title}`)
        .sort(),
    );
  });

  it("the anchor of each section is its code, to which editors link", () => {
    const docs = readFileSync(new URL("docs/errors.md", ROOT), "utf8");
    // As Git hosts make anchors of headings; of two that are the same the second has a number.
    const anchors = [...docs.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    );
    const linked = anchors.filter((anchor) => Object.hasOwn(CODES, anchor));
    assert.deepEqual(linked.sort(), Object.keys(CODES).sort());
  });
});

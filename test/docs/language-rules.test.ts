import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CODES } from "@headwater/workflow";
import { describe, it } from "mocha";
import { documentPath } from "./generated-part.js";
import { languageKeys } from "./language-reference.js";

/** The page that says of every rule of the language what holds files to it and what shows it: whatever it names is there, and it names all. */

const TESTS = join(import.meta.dirname, "..", "..", "..", "test");

interface Rule {
  /** The heading that it stands under: the page of the reference that has its keys. */
  readonly page: string;
  readonly rule: string;
  readonly keys: readonly string[];
  readonly findings: readonly string[];
  readonly tests: readonly string[];
}

const RULES = rulesOf(readFileSync(documentPath("language/rules.md"), "utf8"));

describe("docs/language/rules.md", () => {
  it("has every key of the language, and no other", () => {
    for (const [page, keys] of Object.entries(languageKeys())) {
      const named = RULES.filter((rule) => `${rule.page}.md` === page).flatMap((rule) => rule.keys);
      assert.deepEqual(
        named.filter((name) => !keys.some((key) => covers(name, key))),
        [],
        `${page} has no such keys`,
      );
      assert.deepEqual(
        keys.filter((key) => !named.some((name) => covers(name, key))),
        [],
        `keys of ${page} without a rule`,
      );
    }
  });

  it("has every finding, and no other", () => {
    const named = new Set(RULES.flatMap(({ findings }) => findings));
    assert.deepEqual([...named].sort(), Object.keys(CODES).sort());
  });

  it("names no test that is not there", () => {
    const named = new Set(RULES.flatMap(({ tests }) => tests));
    assert.deepEqual(
      [...named].filter((path) => !existsSync(join(TESTS, path))),
      [],
    );
  });

  it("has for every rule a finding or a test that shows it, but for what only says where to look", () => {
    const bare = RULES.filter(({ findings, tests }) => findings.length + tests.length === 0);
    assert.deepEqual(
      bare.map(({ rule }) => rule),
      ["Triggers start runs"],
    );
  });
});

/** `params.*` is `params` and all within. */
function covers(name: string, key: string): boolean {
  if (!name.endsWith(".*")) return name === key;
  const whole = name.slice(0, -2);
  return key === whole || key.startsWith(`${whole}.`);
}

function rulesOf(page: string): readonly Rule[] {
  return page.split(/^## /m).flatMap((section) => {
    const [heading = "", ...lines] = section.split("\n");
    const rows = lines.filter((line) => line.startsWith("| ") && !/^\| (?:rule|---) /.test(line));
    return rows.map((row) => {
      const [, rule = "", ...cells] = row.split("|").map((cell) => cell.trim());
      const [keys = [], findings = [], tests = []] = cells.map(quotedIn);
      return { page: heading, rule, keys, findings, tests };
    });
  });
}

function quotedIn(cell: string): readonly string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, quoted = ""]) => quoted);
}

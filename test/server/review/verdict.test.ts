import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Judgement } from "#server/review/compiler/judgement.js";
import { verdictOf, type VerdictContext } from "#server/review/verdict.js";

const HOSTILE = `@everyone ![x](https://evil.example/p.png) <!-- ${"猫".repeat(80_000)}`;
const PLACE = { file: "a.workflow.test.yaml", line: 3, column: 3, endLine: 3, endColumn: 9 };
const FAILED = {
  workflow: "a",
  name: HOSTILE,
  message: HOSTILE,
  finding: { ...PLACE, severity: "error", code: "test failed", message: "no" },
} as const;

describe("verdictOf", () => {
  it("tells of failed tests before a plan that fills all, and of what stands behind it", () => {
    const { check, comment } = verdictOf(JUDGEMENT, CONTEXT);
    assert.deepEqual(
      [check.conclusion, check.title],
      ["failure", "3 new warnings, 60 tests failed, workflows: 200 changed"],
    );
    assert.deepEqual(check.findings[0], FAILED.finding);
    assert.ok(Buffer.byteLength(check.summary) <= 65_000);
    const order = [
      "#### Tests: 1 passed, 60 failed",
      "❌ and 40 more",
      "### Plan",
      "no room",
      "#### Whom to ask",
      "4 more findings",
    ];
    const places = order.map((part) => check.summary.indexOf(part));
    assert.ok(!places.includes(-1), places.join());
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert.equal(comment, check.summary);
    for (const line of check.summary.split("\n"))
      assert.equal(line.split("`").length % 2, 1, `a span is open in ${line}`);
  });

  it("keeps all that there is no room for, and says where it is", () => {
    const page = "https://headwater.example/reviews/github/11/a";
    const plan = `${JUDGEMENT.plan}- the end\n`;
    const failed = Array.from({ length: 60 }, () => FAILED);
    const long = { ...JUDGEMENT, whole: { findings: [], plan, failed } };
    const { check, whole } = verdictOf(long, { ...CONTEXT, page });
    assert.match(check.summary, /\*4 more findings: \[the whole check\]\(https:.*\/a\) tells all\.\*/);
    assert.match(check.summary, /no room for the rest: \[the whole check\]\(https:/);
    const { summary, findings } = whole ?? assert.fail("it is not kept");
    assert.ok(summary.includes(plan));
    assert.equal(summary.split("❌").length - 1, 60);
    assert.equal(findings.length, 60);
    const short = {
      ...JUDGEMENT,
      newWarnings: 0,
      newNotes: 0,
      plan: "### Plan",
      tests: { ...JUDGEMENT.tests, failed: [] },
    };
    assert.equal(verdictOf(short, { ...CONTEXT, page }).whole, null);
  });
});

const CONTEXT: VerdictContext = {
  head: "a".repeat(40),
  confirmations: [],
  conflicts: [],
  leaving: [],
  traits: { change: "pull request", sign: "#", hasCheckPages: true, isInvited: true },
  page: null,
};

const JUDGEMENT: Judgement = {
  findings: [],
  errors: 0,
  newWarnings: 3,
  newNotes: 1,
  changes: { added: 0, changed: 200, removed: 0, renamed: 0 },
  settings: 0,
  touched: ["a"],
  removal: { workflows: [], live: 200, share: null },
  undeclared: [],
  essence: "e",
  owners: [{ owner: "data", touched: ["a"], downstream: [] }],
  claims: { project: "p", takesProject: false, adds: [], emits: [] },
  plan: `### Plan\n\n${`- \`${"字".repeat(60)}\`\n`.repeat(900)}`,
  tests: { passed: 1, failures: 60, failed: Array.from({ length: 50 }, () => FAILED), coverage: [] },
  whole: null,
};

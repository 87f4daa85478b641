import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isInTheWay } from "#workflow/testing/is-in-the-way.js";
import { parseWorkflowTests } from "#workflow/testing/parse-workflow-tests.js";

const TEXT = `workflow: a
tests:
  one: { params: { n: 1 }, expect: { run: succeeded } }
  two: { expect: { run: failed } }
`;

const cases: readonly {
  readonly where: string;
  readonly at: string;
  readonly stops: readonly string[];
  readonly text?: string;
}[] = [
  { where: "within a test", at: "n: 1", stops: ["one"] },
  { where: "at the name of a test", at: "two", stops: ["two"] },
  { where: "outside of all tests", at: "workflow: a", stops: ["one", "two"] },
  {
    where: "within a test, in a file with an alias,",
    at: "n: 1",
    stops: ["one", "two"],
    text: TEXT.replace("{ n: 1 }", "&given { n: 1 }").replace("two: {", "two: { params: *given,"),
  },
];

describe("isInTheWay()", () => {
  for (const { where, at, stops, text = TEXT } of cases) {
    it(`says that an error ${where} stops ${stops.join(" and ")}`, () => {
      const bytes = new TextEncoder().encode(text);
      const tests = parseWorkflowTests("a.workflow.test.yaml", bytes).tests?.tests ?? [];
      const start = text.indexOf(at);
      const error = { range: { start, end: start + at.length } };
      const stopped = tests.filter((test) => isInTheWay(error, test, { tests, text }));
      assert.deepEqual(
        stopped.map(({ name }) => name),
        stops,
      );
    });
  }
});

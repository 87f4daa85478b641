import { itemsOf, valueOr } from "../schema/field-value.js";
import { bareExpression, jsonOf } from "../compile/compile-value.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { collectFindings, reportUpTo } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import type { Located } from "../schema/schema.js";
import {
  testFileSchema,
  type ExpectedStepFields,
  type OutcomeFields,
  type TestCaseFields,
  type TestFileFields,
} from "../schema/test-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { Json } from "../types/json.js";
import type { ExpectedStep, GivenOutcome, RunBeginning, TestCase, WorkflowTestFile } from "./test-case.js";

export interface ParsedTestFile {
  readonly path: string;
  /** Of the whole file. */
  readonly text: string;
  /** Null when the file does not say which workflow it tests. */
  readonly tests: WorkflowTestFile | null;
  /** As written, with places, for checks against the workflow. */
  readonly fields: TestFileFields;
  readonly diagnostics: readonly Diagnostic[];
}

const EMPTY = `The file is empty: tests begin with "workflow: <id>", the workflow that they test`;

/** Reads a `*.workflow.test.yaml` file on its own: always a best effort. */
export function parseWorkflowTests(path: string, bytes: Uint8Array): ParsedTestFile {
  const { report, diagnostics } = collectFindings(path);
  const { text, root, brokenAt } = parseYamlFile(bytes, report);
  if (root === null && diagnostics.length === 0)
    report({ code: "missing-key", message: EMPTY, range: { start: 0, end: 0 } });
  const read = root === null ? null : testFileSchema.read(root, reportUpTo(brokenAt, text, report));
  const { workflow, ...rest } = read?.value ?? {};
  if (workflow === undefined) return { path, text, tests: null, fields: rest, diagnostics };
  // Of a file that is cut off nobody knows what its tests were to say.
  const fields = brokenAt === null ? { workflow, ...rest } : { workflow };
  const tests = itemsOf(fields.tests).map(({ key, keyRange, value }) => ({
    ...testCase(key, value.value),
    nameRange: keyRange,
    range: value.node.range,
  }));
  return { path, text, tests: { path, workflow: workflow.value, tests }, fields, diagnostics };
}

function testCase(name: string, fields: TestCaseFields): TestCase {
  const expect = fields.expect?.value;
  const takes = expect?.takes?.value;
  return {
    name,
    params: jsonMap(fields.params),
    begins: runBeginning(fields),
    given: Object.fromEntries(
      itemsOf(fields.given).map(({ key, value }) => [
        key,
        value.value.map((outcome) => givenOutcome(outcome.value)),
      ]),
    ),
    expect: {
      run: valueOr(expect?.run, null),
      steps: Object.fromEntries(
        itemsOf(expect?.steps).map(({ key, value }) => [
          key,
          value.value.map((expected) => expectedStep(expected.value)),
        ]),
      ),
      takes: { atLeastMs: valueOr(takes?.at_least, null), atMostMs: valueOr(takes?.at_most, null) },
      isLate: valueOr(expect?.late, null),
    },
    fires: expectedFires(fields.fires),
    starts: expectedStarts(fields.starts),
  };
}

function runBeginning({ signal, signals, run }: TestCaseFields): RunBeginning {
  return {
    signal: signal === undefined ? null : jsonMap(signal),
    signals:
      signals === undefined
        ? null
        : Object.fromEntries(signals.value.map(({ key, value }) => [key, jsonMap(value)])),
    trigger: valueOr(run?.value.trigger, null),
    environment: valueOr(run?.value.environment, null),
    scheduledAtMs: valueOr(run?.value.scheduled_at, null),
    attempt: valueOr(run?.value.attempt, 1),
  };
}

function givenOutcome(fields: OutcomeFields): GivenOutcome {
  return {
    where: fields.where === undefined ? null : bareExpression(fields.where.value),
    fails: valueOr(fields.fails, null),
    isFinal: valueOr(fields.final, false),
    outputs: jsonMap(fields.outputs),
    afterMs: valueOr(fields.after, 0),
    cached: valueOr(fields.cached, false),
    signals: itemsOf(fields.signals).map(({ value }) => ({
      afterMs: valueOr(value.never, false) ? null : valueOr(value.after, 0),
    })),
    answer: givenAnswer(fields),
  };
}

function givenAnswer({ approve, reject, never }: OutcomeFields): GivenOutcome["answer"] {
  if (valueOr(never, false)) return "never";
  const written = reject ?? approve;
  if (written === undefined) return null;
  const { by, after, comment } = written.value;
  return {
    by: valueOr(by, null),
    approved: reject === undefined,
    comment: valueOr(comment, ""),
    afterMs: valueOr(after, 0),
  };
}

const ANYTHING: ExpectedStep = { where: null, iterations: null, status: null, attempts: null, outputs: null };

function expectedStep(written: ExpectedStepFields): ExpectedStep {
  if (typeof written === "string") return { ...ANYTHING, status: written };
  return {
    where: written.where === undefined ? null : bareExpression(written.where.value),
    iterations: valueOr(written.iterations, null),
    status: valueOr(written.status, null),
    attempts: valueOr(written.attempts, null),
    outputs: written.outputs === undefined ? null : jsonMap(written.outputs),
  };
}

function expectedFires(fires: TestCaseFields["fires"]): TestCase["fires"] {
  const { from, to, at } = fires?.value ?? {};
  if (from === undefined || to === undefined) return null;
  return { fromMs: from.value, toMs: to.value, atMs: itemsOf(at).map((instant) => instant.value) };
}

function expectedStarts(starts: TestCaseFields["starts"]): TestCase["starts"] {
  if (starts === undefined) return null;
  return {
    signals: itemsOf(starts.value.signals).map(({ value: { signal, params, after } }) => ({
      signal: valueOr(signal, ""),
      params: jsonMap(params),
      afterMs: valueOr(after, 0),
    })),
    runs: itemsOf(starts.value.runs).map(({ value: { by, params } }) => ({
      by: valueOr(by, null),
      params: jsonMap(params),
    })),
  };
}

function jsonMap(map: Located<readonly MapItem<SyntaxNode>[]> | undefined): Readonly<Record<string, Json>> {
  return Object.fromEntries(itemsOf(map).map(({ key, value }) => [key, jsonOf(value.node)]));
}

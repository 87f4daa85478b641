import { createTestTools, runTestCaseInSteps, type TestedWorkflow, type TestTools } from "@headwater/engine";
import {
  filesBehind,
  isInTheWay,
  type CompiledWorkflow,
  type TextRange,
  type WorkflowTestFile,
  type WrittenTest,
} from "@headwater/workflow";
import { itemsOf, type FileModel } from "@headwater/workflow/navigation";
import type { Range } from "vscode-languageserver-types";
import { createMover } from "../moved-offset.js";
import type { Project } from "../project.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";
import { errorsOf, isBroken } from "./broken-files.js";
import { CUT_OFF, EVENTS_MAX } from "./events-max.js";

/** A workflow test and where it stands. */
export interface FoundTest {
  readonly name: string;
  readonly range: Range;
}

/** The tests of a file. */
export interface FoundTests {
  readonly workflow: string;
  readonly tests: readonly FoundTest[];
}

export interface TestVerdict {
  readonly name: string;
  readonly passed: boolean;
  /** What was expected and what came instead; empty when it passed. */
  readonly failures: readonly string[];
}

/** The tests of a test file, as they were last understood where somebody writes in it; null for another file. */
export function findTests({ project, path }: ProjectFile): FoundTests | null {
  const settled = project.isOpen(path) ? project.settledModel(path) : null;
  const found = settled === null ? project.told("tests", path, namedTests) : namedTests(settled);
  if (found === null) return null;
  const document = project.document(path);
  const text = document.getText();
  const move = createMover(settled?.text ?? text, text);
  const tests = found.tests.flatMap(({ name, range }) => {
    const [start, end] = [move(range.start), move(range.end)];
    return start === null || end === null ? [] : [{ name, range: toRange(document, { start, end }) }];
  });
  return { workflow: found.workflow, tests };
}

/** The tests of a file with their places in the text that the model is of. */
function namedTests(model: FileModel | null): {
  readonly workflow: string;
  readonly tests: readonly { readonly name: string; readonly range: TextRange }[];
} | null {
  if (model?.kind !== "test" || model.fields.workflow === undefined) return null;
  const tests = itemsOf(model.fields.tests).map(({ key: name, keyRange: range }) => ({ name, range }));
  return { workflow: model.fields.workflow.value, tests };
}

/**
 * Simulates tests of a file as it is when the work begins, all of them or those that are named. Nothing is executed.
 * @yields nothing, after some events
 */
export function* runTests(
  { project, path }: ProjectFile,
  names: readonly string[] | null,
): Generator<undefined, readonly TestVerdict[]> {
  const { workflows, tests } = project.compile();
  const file = tests.find((each) => each.path === path);
  if (file === undefined) return [];
  const tested = workflows.find(({ id }) => id === file.workflow);
  const chosen = file.tests.filter(({ name }) => names === null || names.includes(name));
  const isWrong = wrongIn(project, file);
  const broken = tested === undefined ? [] : brokenBehind(project, tested);
  const tools = { ...createTestTools(), eventsMax: EVENTS_MAX };
  const lookup = (id: string): CompiledWorkflow["definition"] | null =>
    workflows.find((each) => each.id === id)?.definition ?? null;
  const prepared = chosen.map((test) => ({ test, inTheWay: [...(isWrong(test) ? [path] : []), ...broken] }));
  const verdicts: TestVerdict[] = [];
  for (const { test, inTheWay } of prepared) {
    const failures =
      tested === undefined
        ? [`There is no workflow "${file.workflow}" in this project`]
        : inTheWay.length > 0
          ? inTheWay.map((each) => `${each} has errors, so nothing can be simulated`)
          : yield* failuresOf({ ...tested, workflows: lookup }, test, tools);
    verdicts.push({ name: test.name, passed: failures.length === 0, failures });
    yield;
  }
  return verdicts;
}

/** Whether something in the file is wrong that a test cannot do without. */
function wrongIn(project: Project, { path, tests }: WorkflowTestFile): (test: WrittenTest) => boolean {
  const text = project.document(path).getText();
  const errors = errorsOf(project, path);
  return (test) => errors.some((error) => isInTheWay(error, test, { tests, text }));
}

/** What does not compile cannot be simulated: a pass would mean nothing. */
function brokenBehind(project: Project, tested: CompiledWorkflow): readonly string[] {
  const { workflows } = project.compile();
  const behind = filesBehind(tested, (id) => workflows.find((each) => each.id === id));
  return [...behind].filter((each) => isBroken(project, each));
}

function* failuresOf(
  tested: TestedWorkflow,
  test: WrittenTest,
  tools: TestTools,
): Generator<undefined, readonly string[]> {
  const { failures, simulation } = yield* runTestCaseInSteps(tested, test, tools);
  if (simulation?.isCutOff === true) return [`${CUT_OFF}: headwater test plays it to its end`];
  return failures.map(({ message }) => message);
}

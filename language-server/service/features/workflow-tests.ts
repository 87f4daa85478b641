import { createTestTools, runTestCase, type TestTools } from "@headwater/engine";
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

/** Simulates tests of a file, all of them or those that are named. Nothing is executed. */
export function runTests(
  { project, path }: ProjectFile,
  names: readonly string[] | null,
): readonly TestVerdict[] {
  const file = project.compile().tests.find((each) => each.path === path);
  if (file === undefined) return [];
  const { workflows } = project.compile();
  const tested = workflows.find(({ id }) => id === file.workflow);
  const tools = createTestTools();
  const run = (test: WrittenTest): readonly string[] =>
    tested === undefined
      ? [`There is no workflow "${file.workflow}" in this project`]
      : failuresOf(test, { file, project, tested, tools });
  return file.tests
    .filter(({ name }) => names === null || names.includes(name))
    .map((test) => {
      const failures = run(test);
      return { name: test.name, passed: failures.length === 0, failures };
    });
}

interface Tested {
  readonly project: Project;
  readonly file: WorkflowTestFile;
  readonly tested: CompiledWorkflow;
  readonly tools: TestTools;
}

/** What does not compile cannot be simulated: a pass would mean nothing. */
function failuresOf(test: WrittenTest, { project, file, tested, tools }: Tested): readonly string[] {
  const { workflows } = project.compile();
  const behind = filesBehind(tested, (id) => workflows.find((each) => each.id === id));
  const { path, tests } = file;
  const text = project.document(path).getText();
  const isWrong = errorsOf(project, path).some((error) => isInTheWay(error, test, { tests, text }));
  const broken = [...(isWrong ? [path] : []), ...[...behind].filter((each) => isBroken(project, each))];
  if (broken.length > 0) return broken.map((each) => `${each} has errors, so nothing can be simulated`);
  const lookup = (id: string): CompiledWorkflow["definition"] | null =>
    workflows.find((each) => each.id === id)?.definition ?? null;
  return runTestCase({ ...tested, workflows: lookup }, test, tools).failures.map(({ message }) => message);
}

import { type FSWatcher, watch } from "node:fs";
import {
  type CompileCache,
  createCompileCache,
  filesBehind,
  visibleText,
  type WorkflowTestFile,
} from "@headwater/workflow";
import { type Context, EXIT_FINDINGS, EXIT_OK } from "./context.js";
import { openProjects, type ProjectFolder } from "./project-folder.js";
import { openTests, runTestFile, type TestedProject, type TestOutcome } from "./test-project.js";
import { renderProblems, renderSummary, renderTests } from "./test-report/test-text.js";

/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 100;
const IGNORED = /(?:^|[/\\])(?:\.git|\.headwater|node_modules)(?:[/\\]|$)/;

interface Watched {
  readonly paths: readonly string[];
  readonly isWanted: (workflow: string, name: string) => boolean;
}

/**
 * Runs tests, and again those that a change of a file touches, until Ctrl-C; ends as the last round did. What cannot be read for a
 * moment is said, and tried again with the next change.
 */
export async function watchTests(context: Context, { paths, isWanted }: Watched): Promise<void> {
  const { io } = context;
  const folders = openProjects(paths, io);
  const projects = folders.map(({ root }) => new WatchedProject(root, isWanted));
  const interrupted = new Promise<void>((resolve) => void io.onInterrupt(resolve));
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const runAll = (): void => runRound(context, { paths, projects });
  // First the watchers: what changes while the first round runs is seen after it.
  for (const { root } of folders) {
    const onChange = (_: string, name: string | null): void => {
      if (name !== null && IGNORED.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(runAll, QUIET_MS);
    };
    watchers.push(watch(root, { recursive: true }, onChange));
  }
  runAll();
  await interrupted;
  clearTimeout(timer);
  for (const watcher of watchers) watcher.close();
}

interface Round {
  readonly paths: readonly string[];
  readonly projects: readonly WatchedProject[];
}

function runRound({ io, style, exit }: Context, { paths, projects }: Round): void {
  try {
    const folders = openProjects(paths, io);
    const again = projects.flatMap((project) => {
      const folder = folders.find(({ root }) => root === project.root);
      return folder === undefined ? [] : project.runTouched(folder);
    });
    const all = projects.flatMap((project) => project.outcomes);
    const errors = projects.reduce((sum, { problems }) => sum + problems.length, 0);
    exit(errors > 0 || all.some(({ passed }) => !passed) ? EXIT_FINDINGS : EXIT_OK);
    io.stdout.write(renderProblems(projects, style));
    if (again.length > 0) io.stdout.write(`${renderTests(again, style, io.stdout.columns)}\n`);
    io.stdout.write(`${style.quiet(`${again.length} tests run;`)} ${renderSummary(all, errors, style)}`);
    io.stdout.write(style.quiet("Waiting for changes; Ctrl-C ends it.\n\n"));
  } catch (error) {
    io.stderr.write(
      `${style.bad("error:")} ${visibleText(error instanceof Error ? error.message : String(error))}\n`,
    );
  }
}

/** The last run of a test file, and what it was made of. */
interface LastRun {
  readonly touchedBy: readonly unknown[];
  readonly outcomes: readonly TestOutcome[];
}

/** A project with the last outcome of each of its tests. */
class WatchedProject {
  readonly root: string;
  readonly #isWanted: Watched["isWanted"];
  readonly #cache: CompileCache = createCompileCache();
  #last: ReadonlyMap<string, LastRun> = new Map();
  /** As of the last round. */
  problems: TestedProject["problems"] = [];
  textOf: TestedProject["textOf"] = () => "";

  constructor(root: string, isWanted: Watched["isWanted"]) {
    this.root = root;
    this.#isWanted = isWanted;
  }

  get outcomes(): readonly TestOutcome[] {
    return [...this.#last.values()].flatMap(({ outcomes }) => outcomes);
  }

  /** Runs the test files of which anything changed; the cache gives what did not change as the same object. */
  runTouched(folder: ProjectFolder): readonly TestOutcome[] {
    const project = openTests(folder, this.#cache);
    this.problems = project.problems;
    this.textOf = project.textOf;
    const again: TestOutcome[] = [];
    const next = new Map<string, LastRun>();
    for (const file of project.files) {
      const touchedBy = whatTouches(file, project);
      const last = this.#last.get(file.path);
      const isSame =
        last?.touchedBy.length === touchedBy.length &&
        touchedBy.every((one, at) => one === last.touchedBy[at]);
      const outcomes = isSame ? last.outcomes : runTestFile(file, project, this.#isWanted);
      if (!isSame) again.push(...outcomes);
      next.set(file.path, { touchedBy, outcomes });
    }
    this.#last = next;
    return again;
  }
}

/** A test file, what it tests with the workflows that its steps may run, and which of their files have errors. */
function whatTouches(file: WorkflowTestFile, { workflows, broken }: TestedProject): readonly unknown[] {
  const tested = workflows.get(file.workflow);
  if (tested === undefined) return [file, broken.has(file.path)];
  const behind = filesBehind(tested, (id) => workflows.get(id));
  const made = [...workflows.values()].filter(({ path }) => behind.has(path));
  return [file, ...made, ...[file.path, ...behind].map((path) => broken.has(path))];
}

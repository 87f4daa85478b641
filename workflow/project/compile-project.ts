import { checkCalendar } from "../checks/check-calendar.js";
import { averageGapsOf, type UsualDurations } from "../checks/check-frequency.js";
import { checkFileNames } from "../checks/check-file-names.js";
import { checkLeftOut } from "../checks/check-left-out.js";
import type { CheckedFile } from "../checks/checked-file.js";
import { checkProject } from "../checks/check-project.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { byPlace } from "../diagnostics/report.js";
import { parseWorkflowTests, type ParsedTestFile } from "../testing/parse-workflow-tests.js";
import { createCompileCache, type CompileCache, type CompileTools, type Made } from "./compile-cache.js";
import { compileWorkflowFile, type WorkflowFile } from "./compile-workflow-file.js";
import type { CompiledProject } from "./compiled-project.js";
import { fileKind, type FileKind } from "./file-kind.js";
import { withFileModes } from "./file-modes.js";
import { FileResults } from "./file-results.js";
import { withFolderIndex } from "./folder-index.js";
import { matchesGlob } from "./glob.js";
import { lastOf } from "./last-of.js";
import { checkNestedProjects, ownPaths } from "./nested-projects.js";
import { oncePer } from "./once-per.js";
import { readSettings, type ReadSettings } from "./read-settings.js";
import { readTemplate, type TemplateFile } from "./read-template.js";
import type { SourceTree } from "./source-tree.js";
import { WorkflowOrder } from "./workflow-order.js";
import { idOf, interfaceOf, withWorkflowIndex } from "./workflow-index.js";

const DAY_MS = 86_400_000;

export interface CompileOptions {
  /** How long runs usually take, in milliseconds by the id of their workflow: a schedule that is too frequent for it is told. */
  readonly history?: UsualDurations;
  /** Hints too: findings of severity `info`, which a correct workflow may have. Default: errors and warnings only. */
  readonly hints?: boolean;
  /**
   * The day, by any of its instants in UTC as epoch milliseconds, from which schedules are held against the calendar: which fire
   * no more, and what clock changes do to them. Default: only what holds on every day is told.
   */
  readonly today?: number;
}

/**
 * Compiles a whole repository: whatever the bytes, a best effort and what is wrong. Never throws. With a cache from an
 * earlier call only files are compiled that changed, or read something that did.
 */
export function compileProject(
  source: SourceTree,
  cache?: CompileCache,
  options?: CompileOptions,
): CompiledProject {
  return lastOf(compileProjectInSteps(source, cache, options));
}

/**
 * The same, for whoever has other things to do meanwhile; the files must not change before it is done.
 * @yields nothing, after each file, and within a workflow after some of its steps
 */
export function* compileProjectInSteps(
  source: SourceTree,
  cache: CompileCache = createCompileCache(),
  { history = new Map(), hints = false, today }: CompileOptions = {},
): Generator<undefined, CompiledProject> {
  const { settings, diagnostics } = settingsOf(source, cache);
  const files = filesOf(source.paths)(settings.workflows);
  const tree = withWorkflowIndex(withFolderIndex(withFileModes(source)), files.workflow, cache);
  const tools = toolsOf(tree, cache);
  // The first file that names a workflow asks for the ids in all files: by then they are read, one by one.
  if (tools.order.isEmpty) yield* oneByOne(files.workflow, (path) => idOf(path, tree, cache));
  const templates = yield* oneByOne(files.template, (path) => templateOf(path, tree, tools));
  const workflows = yield* tools.files.of(files.workflow, source, (path) => workflowMade(path, tree, tools));
  const calendar = today === undefined ? [] : yield* calendarsOf(workflows, today, tools);
  const tests = yield* oneByOne(files.test, (path) => testFileOf(path, tree, cache));
  const inOrder = tools.order.order(workflows);
  const acrossFiles = checkProject({
    settings,
    files: workflows,
    isAnyIdTwice: inOrder.isAnyIdTwice,
    tests,
    history,
    gapsOf: ({ path }) => gapsOf(path, tree, tools),
    expressions: tools.expressions,
  });
  const found = [
    ...diagnostics,
    ...files.findings,
    ...checkLeftOut(source),
    ...[...templates, ...workflows, ...tests].flatMap((file) => file.diagnostics),
    ...acrossFiles,
    ...calendar,
  ];
  return {
    settings,
    workflows: inOrder.workflows,
    tests: tests.flatMap((file) => file.tests ?? []),
    diagnostics: found.filter(({ severity }) => hints || severity !== "info").sort(byPlace),
    files: { workflows: files.workflow.length, templates: files.template.length, tests: files.test.length },
  };
}

/** @yields nothing, after each file */
function* oneByOne<T>(
  paths: readonly string[],
  read: (path: string) => T,
): Generator<undefined, readonly T[]> {
  const made: T[] = [];
  for (const path of paths) {
    made.push(read(path));
    yield;
  }
  return made;
}

function settingsOf(tree: SourceTree, cache: CompileCache): ReadSettings {
  return cache.reuse({ what: "settings" }, tree, readSettings);
}

/** Shared by all files, and by the calls with one cache: they keep what was dear to make. */
interface ProjectTools extends CompileTools {
  readonly cache: CompileCache;
  readonly calendars: WeakMap<CheckedFile, CalendarFindings>;
  readonly files: FileResults<WorkflowFile>;
  readonly order: WorkflowOrder;
}

/** What the calendar says of a file on a day. */
interface CalendarFindings {
  readonly todayMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

function toolsOf(tree: SourceTree, cache: CompileCache): ProjectTools {
  return {
    cache,
    ...cache.tools,
    calendars: cache.reuse({ what: "calendars" }, tree, () => new WeakMap<CheckedFile, CalendarFindings>()),
    files: cache.reuse({ what: "files" }, tree, () => new FileResults<WorkflowFile>()),
    order: cache.reuse({ what: "order" }, tree, () => new WorkflowOrder()),
  };
}

function templateOf(path: string, tree: SourceTree, { cache, expressions }: ProjectTools): TemplateFile {
  return cache.reuse({ what: "template", of: path }, tree, (watched) =>
    readTemplate(path, watched, expressions),
  );
}

function workflowOf(path: string, tree: SourceTree, tools: ProjectTools): WorkflowFile {
  return lastOf(workflowMade(path, tree, tools)).value;
}

function workflowMade(
  path: string,
  tree: SourceTree,
  tools: ProjectTools,
): Generator<undefined, Made<WorkflowFile>> {
  const { cache, schedules, expressions } = tools;
  return cache.makeInSteps({ what: "workflow", of: path }, tree, (watched) =>
    compileWorkflowFile(path, {
      tree: watched,
      schedules,
      expressions,
      defaults: settingsOf(watched, cache).defaults,
      readTemplate: (named, from) => templateOf(named, from, tools).template,
      readWorkflow: (id, from) => interfaceOf(id, from, cache),
    }),
  );
}

function gapsOf(path: string, tree: SourceTree, tools: ProjectTools): readonly (number | null)[] {
  return tools.cache.reuse({ what: "gaps", of: path }, tree, (watched) =>
    averageGapsOf(workflowOf(path, watched, tools), tools.schedules),
  );
}

/**
 * Remembered with what was made of each file, for a day: so long the calendar says the same.
 * @yields nothing, after each file that is held against it
 */
function* calendarsOf(
  files: readonly CheckedFile[],
  today: number,
  { calendars, schedules }: ProjectTools,
): Generator<undefined, readonly Diagnostic[]> {
  const todayMs = Math.floor(today / DAY_MS) * DAY_MS;
  const found: Diagnostic[] = [];
  for (const file of files) {
    if (file.isBroken) continue;
    const known = calendars.get(file);
    if (known?.todayMs === todayMs) {
      found.push(...known.diagnostics);
      continue;
    }
    const diagnostics = checkCalendar(file, { todayMs, schedules });
    calendars.set(file, { todayMs, diagnostics });
    found.push(...diagnostics);
    yield;
  }
  return found;
}

function testFileOf(path: string, tree: SourceTree, cache: CompileCache): ParsedTestFile {
  return cache.reuse({ what: "test", of: path }, tree, (watched) =>
    parseWorkflowTests(path, watched.read(path) ?? new Uint8Array()),
  );
}

interface ProjectFiles extends Readonly<Record<FileKind, readonly string[]>> {
  /** What names alone tell. */
  readonly findings: readonly Diagnostic[];
}

/** By the paths of a tree, then by the patterns of where to look: nearly all commits have the same of both as the one before. */
const filesOf = oncePer((paths: readonly string[]) =>
  oncePer((patterns: readonly string[]) => filesByKind(paths, patterns)),
);

function filesByKind(paths: readonly string[], patterns: readonly string[]): ProjectFiles {
  const files: Record<FileKind, string[]> = { settings: [], workflow: [], template: [], test: [] };
  const own = ownPaths(paths);
  for (const path of own) {
    const kind = fileKind(path);
    // Templates are found by whoever names them, so they may stand anywhere.
    const isWanted = kind === "template" || isWhereToLook(path, patterns);
    if (kind !== null && isWanted) files[kind].push(path);
  }
  const misnamed = checkFileNames(own.filter((path) => isWhereToLook(path, patterns)));
  return { findings: [...misnamed, ...checkNestedProjects(paths)], ...files };
}

function isWhereToLook(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(path, pattern));
}

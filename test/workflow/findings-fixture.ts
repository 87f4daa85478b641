import {
  checkDeployable,
  compileProject,
  createCompileCache,
  lineIndex,
  parseDuration,
  type CompileCache,
  type CompiledProject,
  type Diagnostic,
  type SourceTree,
  SETTINGS_PATH,
} from "@headwater/workflow";

/** The day on which fixtures are looked at: a Monday. */
const TODAY = Date.UTC(2026, 0, 5, 15);

export interface FixtureFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Undefined where the fixture does not say. */
  readonly isExecutable: boolean | undefined;
  /** Why it is left out; null when it is not. */
  readonly leftOut: string | null;
  /** As written: its header, then its lines with `%repeat` as it is. */
  readonly lines: readonly string[];
  /** For each line of the bytes, the line of the fixture it came from. */
  readonly origins: readonly number[];
}

/** The fixture as it would be if its markers were right: equal to the text exactly when the findings are as expected. */
export function annotate(fixture: string): string {
  const files = parseFixture(fixture);
  const compiled = compileFixture(files, createCompileCache());
  const isProject = files.some(({ path }) => path === SETTINGS_PATH);
  const diagnostics = [...(isProject ? checkDeployable(compiled) : []), ...compiled.diagnostics];
  return files.map((file) => annotateFile(file, diagnostics)).join("");
}

/** On that day, with what the fixture says of runs. */
export function compileFixture(files: readonly FixtureFile[], cache: CompileCache): CompiledProject {
  return compileProject(treeOf(files), cache, { history: historyOf(files), hints: true, today: TODAY });
}

/** A tree of files given as texts; the content is its own name. */
export function treeOfTexts(texts: Readonly<Record<string, string>>): SourceTree {
  return {
    paths: Object.keys(texts).sort(),
    contentId: (path) => texts[path],
    read: (path) => (texts[path] === undefined ? undefined : Buffer.from(texts[path])),
  };
}

function historyOf(files: readonly FixtureFile[]): ReadonlyMap<string, number> {
  const lines = files.find(({ path }) => path === "history")?.lines.slice(1) ?? [];
  const entries = lines.map((line) => line.split(": "));
  return new Map(entries.map(([id = "", usual = ""]) => [id, parseDuration(usual) ?? 0]));
}

function treeOf(files: readonly FixtureFile[]): SourceTree {
  const byPath = new Map(files.filter(({ leftOut }) => leftOut === null).map((file) => [file.path, file]));
  return {
    paths: [...byPath.keys()].sort(),
    leftOut: new Map(files.flatMap(({ path, leftOut }) => (leftOut === null ? [] : [[path, leftOut]]))),
    contentId: (path) => byPath.get(path)?.bytes.toString("latin1"),
    read: (path) => byPath.get(path)?.bytes,
    isExecutable: (path) => byPath.get(path)?.isExecutable,
  };
}

/** What stands below a line, with the culprit above it. */
const MARKER = /^(?:\s*#)?\s*\^+ [a-z0-9-]+: /;

/**
 * The files of a fixture, without the marks. A fixture is a project in one text: `--- path` begins a file (`--- path latin1` one that is not UTF-8),
 * `--- path 100644` one without its executable bit, `--- path 120000` a symbolic link, `%repeat 5 x%n` stands for the lines x1 … x5, `--- history` has lines such as `load: 2h` of how long runs usually take, and below a line
 * stand the findings expected on it, `^^^ code: message` under the culprit.
 */
export function parseFixture(fixture: string): readonly FixtureFile[] {
  return fixture.split(/^(?=--- )/m).map((section) => {
    const [header = "", ...rest] = section.split("\n");
    const [, path = "", encoding] = header.split(" ");
    const lines = rest.filter((line) => !MARKER.test(line));
    const expanded = lines.flatMap((line, origin) => expand(line).map((text) => ({ text, origin })));
    const bytes = Buffer.from(
      expanded.map(({ text }) => text).join("\n"),
      encoding === "latin1" ? "latin1" : "utf8",
    );
    const isExecutable = encoding?.startsWith("100") === true ? encoding === "100755" : undefined;
    return {
      path,
      bytes,
      isExecutable,
      leftOut: encoding === "120000" ? "it is a symbolic link" : null,
      lines: [header, ...lines],
      origins: expanded.map(({ origin }) => origin),
    };
  });
}

function expand(line: string): readonly string[] {
  const [, count, text] = /^%repeat (\d+) (.*)$/.exec(line) ?? [];
  if (count === undefined || text === undefined) return [line];
  return Array.from({ length: Number(count) }, (_, index) => text.replaceAll("%n", String(index + 1)));
}

function annotateFile(
  { path, bytes, lines, origins }: FixtureFile,
  diagnostics: readonly Diagnostic[],
): string {
  const index = lineIndex(bytes.toString());
  const markers = new Map<number, string[]>();
  for (const { file, code, message, range } of diagnostics) {
    if (file !== path) continue;
    const start = index.positionAt(range.start);
    const end = index.positionAt(range.end);
    const lastColumn = end.line === start.line ? end.column : index.lineText(start.line).length + 1;
    const indent = start.column > 1 ? `#${" ".repeat(start.column - 2)}` : "";
    const marker = `${indent}${"^".repeat(Math.max(1, lastColumn - start.column))} ${code}: ${message}`;
    const origin = (origins[start.line - 1] ?? 0) + 1;
    markers.set(origin, [...(markers.get(origin) ?? []), marker]);
  }
  return lines.map((line, number) => [line, ...(markers.get(number) ?? [])].join("\n")).join("\n");
}

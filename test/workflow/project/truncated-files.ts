import assert from "node:assert/strict";
import {
  CODES,
  compileProject,
  createCompileCache,
  fileKind,
  settingsSchema,
  templateSchema,
  testFileSchema,
  workflowSchema,
  type Diagnostic,
  type FileKind,
  type SourceTree,
} from "@headwater/workflow";
import type { Finding } from "#workflow/diagnostics/report.js";
import type { Schema } from "#workflow/schema/schema.js";
import { parseYamlFile } from "#workflow/syntax/parse-yaml.js";
import { yamlTexts } from "../yaml-texts.js";

/**
 * Every file is cut off at every byte. What of a file up to this size is left is compiled; of larger ones it is compiled at every
 * boundary of words, signs and white space, and between them parsed and read by the schemas, which takes a tenth of the time.
 */
const BYTES_MAX = 300;

const SCHEMAS: Readonly<Record<FileKind, Schema<unknown>>> = {
  settings: settingsSchema,
  workflow: workflowSchema,
  template: templateSchema,
  test: testFileSchema,
};

/** One cache for all: what does not change with the file is made once, and many projects begin with the same letters. */
const cache = createCompileCache();

/** What was read alone before, by kind: fixtures begin alike. */
const read = new Set<string>();

/** The files of each fixture, by their paths in it. */
export function truncatedProjects(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [name, text] of Object.entries(yamlTexts())) {
    const [fixture = "", path = ""] = name.startsWith("test/fixtures/language/")
      ? ["language", name.slice("test/fixtures/language/".length)]
      : name.split(" ");
    if (path === "") continue;
    found.set(fixture, (found.get(fixture) ?? new Map<string, string>()).set(path, text));
  }
  return found;
}

function treeOf(files: ReadonlyMap<string, string>, cut: string, bytes: Uint8Array): SourceTree {
  return {
    paths: [...files.keys()].sort(),
    contentId: (path) => (path === cut ? `${files.get(path) ?? ""} ${bytes.length}` : files.get(path)),
    read: (path) => (path === cut ? bytes : files.has(path) ? Buffer.from(files.get(path) ?? "") : undefined),
  };
}

/** After how many bytes what is left is compiled. */
function compiledLengths(text: string): readonly number[] {
  const bytes = Buffer.byteLength(text);
  if (bytes <= BYTES_MAX) return Array.from({ length: bytes + 1 }, (_, length) => length);
  const lengths = [0];
  for (const [token] of text.matchAll(/\w+|\s+|[^\w\s]+/gu))
    lengths.push((lengths.at(-1) ?? 0) + Buffer.byteLength(token));
  return lengths;
}

/** What parsing a file and reading it by the schema of its kind finds; nothing the second time. */
function readAlone(path: string, bytes: Buffer): readonly Finding[] {
  const kind = fileKind(path);
  const key = `${kind} ${bytes.toString("latin1")}`;
  if (kind === null || read.has(key)) return [];
  read.add(key);
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  const { root } = parseYamlFile(bytes, report);
  if (root !== null) SCHEMAS[kind].read(root, report);
  return findings;
}

/** Throws what is wrong when a file of this project is cut off somewhere. */
export function truncateEverywhere(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) cutEverywhere(path, text, files);
}

function cutEverywhere(path: string, text: string, files: ReadonlyMap<string, string>): void {
  const whole = Buffer.from(text);
  const compiled = new Set(compiledLengths(text));
  for (let length = 0; length <= whole.length; length += 1) {
    const left = whole.subarray(0, length);
    const findings = compiled.has(length)
      ? compileProject(treeOf(files, path, left), cache).diagnostics
      : readAlone(path, left).map((finding) => ({ ...finding, file: path }));
    for (const finding of findings)
      assertWithin(
        finding,
        files.get(finding.file) ?? "",
        `${finding.file}: ${path} cut off after ${length}`,
      );
  }
}

type Placed = Pick<Diagnostic, "code" | "range">;

function assertWithin({ code, range }: Placed, text: string, where: string): void {
  const at = `${code} of ${where}`;
  assert.ok(code in CODES, at);
  assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, at);
}

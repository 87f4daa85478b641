import assert from "node:assert/strict";
import { createLanguageService, type LanguageService } from "@headwater/language-server";
import type { Position } from "vscode-languageserver-types";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A service with a project in it, and the place that `|` marks in one of its files, which is open. */
export interface MarkedProject {
  readonly service: LanguageService;
  readonly uri: string;
  readonly position: Position;
  readonly offset: number;
  /** Without the mark. */
  readonly text: string;
}

/** A service that knows these files of one project, by path. */
export function serviceWith(files: Readonly<Record<string, string>>): LanguageService {
  const service = createLanguageService({
    encoding: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
    docs: null,
    now: () => Date.UTC(2026, 0, 5),
  });
  service.workspace.setFolders([ROOT]);
  for (const [path, text] of Object.entries(files)) service.workspace.save(uriOf(path), encoder.encode(text));
  return service;
}

/** `¦` is the cursor where `|` has a meaning in YAML. */
export function markedProject(
  marked: string,
  files: Readonly<Record<string, string>> = {},
  path = "main.workflow.yaml",
): MarkedProject {
  const mark = marked.includes("¦") ? "¦" : "|";
  const offset = marked.indexOf(mark);
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const service = serviceWith({ "headwater.yaml": "project: growth\n", ...files });
  const uri = uriOf(path);
  service.workspace.open(uri, 1, text);
  check(service);
  const before = text.slice(0, offset).split("\n");
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { service, uri, position, offset, text };
}

/** As when everything was checked once. */
export function check(service: LanguageService): void {
  for (const step of service.check()) assert.equal(step, undefined);
}

/** As when nobody has written for a moment. */
export function settle(service: LanguageService): void {
  for (const step of service.settle()) assert.equal(step, undefined);
}

/** The address of a path of the project. */
export function uriOf(path: string): string {
  return `${ROOT}/${path}`;
}

const ROOT = "file:///growth";

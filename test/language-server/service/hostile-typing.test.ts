import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { LanguageService } from "@headwater/language-server";
import { describe, it } from "mocha";
import { TextDocument } from "vscode-languageserver-textdocument";
import { TextEdit, type Position } from "vscode-languageserver-types";
import { seededRandom } from "../../seeded-random.js";
import { serviceWith, settle, uriOf } from "./marked-project.js";

/** Everything that is asked at a cursor, of texts as they are while somebody types, and of worse ones. */

const SEED = Number(process.env["SEED"] ?? 6);
const NOW = Date.UTC(2026, 10, 26, 12);
const fixtures = join(import.meta.dirname, "..", "..", "..", "fixtures");
const FILES = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((path) => /^(language|maestro|projects|findings)\/.*\.yaml$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(fixtures, path), "utf8") }))
  .filter(({ text }) => text.length < 20_000);

/** Of all prefixes of all fixtures; each asks five questions. */
const PREFIXES = 700;
const EDITS = 500;
/** What breaks YAML, expressions, or both. */
const SNIPPETS = [
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  ":",
  ": ",
  "\n",
  "\n  ",
  "${{ ",
  " }}",
  "- ",
  "#",
  "|\n",
  "&a ",
  "*a",
  "\t",
  "\r\n",
  ".",
  "(",
  ",",
  "\u0000",
  "💧",
  "\uD800",
  "steps.",
  "needs: [",
  "((((((((",
  "a.b(c, d[",
];

const random = seededRandom(SEED);
const upTo = (limit: number): number => Math.floor(random() * limit);

function pick<T>(items: readonly T[]): T {
  return items[upTo(items.length)]!;
}

/** A file with its own kind of name, in a project with a few others. */
function opened({ path, text }: (typeof FILES)[number]): {
  readonly service: LanguageService;
  readonly uri: string;
} {
  const service = serviceWith({
    "headwater.yaml": "project: growth\n",
    "other.workflow.yaml": "workflow: other\nparams: { day: { type: date } }\nsteps: { a: { noop: {} } }\n",
  });
  const uri = uriOf(basename(path));
  service.workspace.open(uri, 1, text);
  return { service, uri };
}

/** Asks all, and holds what comes to what editors demand: a completion is of one line, around the cursor. */
function askAll(service: LanguageService, uri: string, text: string): void {
  const document = TextDocument.create(uri, "headwater", 1, text);
  const end = document.positionAt(text.length);
  const anywhere = document.positionAt(upTo(text.length + 1));
  for (const position of [end, anywhere]) {
    for (const { textEdit } of service.completions(uri, position, { hasSnippets: true, keepsIndent: true })) {
      assert.ok(TextEdit.is(textEdit));
      assert.ok(isAround(textEdit.range, position), JSON.stringify([textEdit, position]));
    }
    service.hover(uri, position, NOW);
    service.signatureHelp(uri, position);
  }
  const all = { start: { line: 0, character: 0 }, end };
  for (const { position } of service.inlayHints(uri, all, NOW))
    assert.ok(document.offsetAt(position) <= text.length);
  service.codeActions(uri, { start: anywhere, end: anywhere }, { only: null, makesFiles: true });
}

function isAround(
  { start, end }: { readonly start: Position; readonly end: Position },
  at: Position,
): boolean {
  const isOneLine = start.line === at.line && end.line === at.line;
  return isOneLine && start.character <= at.character && at.character <= end.character;
}

/** Says which text it was that something went wrong with. */
function telling(text: string, ask: () => void): void {
  try {
    ask();
  } catch (error) {
    throw new assert.AssertionError({
      message: `SEED=${SEED}: ${JSON.stringify(text.slice(-300))}\n${String(error)}`,
    });
  }
}

/** `EVERY_PREFIX=1` types all fixtures from the first character to the last, which takes minutes; otherwise some of each of a few. */
const TYPED_FILES =
  process.env["EVERY_PREFIX"] === "1" ? FILES : Array.from({ length: 10 }, () => pick(FILES));
const KEYS = process.env["EVERY_PREFIX"] === "1" ? Infinity : 40;
/** Every so many keys what is told is held against what is told of a file that was just opened. */
const KEYS_COMPARED = 10;

/** Types the end of a file, a character at a time, and takes some of it back now and then; calls back after each key. */
function typeEnd(
  { service, uri }: ReturnType<typeof opened>,
  text: string,
  look: (typed: string) => void,
): void {
  let length = Math.max(0, KEYS < text.length ? upTo(text.length - KEYS) : 0);
  service.workspace.change(uri, 1, [{ text: text.slice(0, length) }]);
  for (let key = 0; key < KEYS && length < text.length; key += 1) {
    const isUndone = random() < 0.1;
    const next = isUndone ? Math.max(0, length - upTo(8)) : length + 1;
    const document = TextDocument.create(uri, "headwater", 1, text);
    const range = {
      start: document.positionAt(Math.min(length, next)),
      end: document.positionAt(isUndone ? length : Math.min(length, next)),
    };
    service.workspace.change(uri, key + 2, [{ range, text: text.slice(length, Math.max(length, next)) }]);
    length = next;
    look(text.slice(0, length));
  }
}

describe("what is told while somebody types", () => {
  it("is of each beginning what it is of a file that was opened so", () => {
    for (const file of TYPED_FILES) {
      const typing = opened(file);
      const { uri } = typing;
      let keys = 0;
      typeEnd(typing, file.text, (typed) => {
        const found = typing.service.diagnosticsOf(uri);
        keys += 1;
        if (keys % KEYS_COMPARED !== 0) return;
        const fresh = opened({ path: file.path, text: typed });
        telling(typed, () => assert.deepEqual(found, fresh.service.diagnosticsOf(uri)));
      });
    }
  });
});

describe("what is asked at the cursor", () => {
  it("is answered for beginnings of files, as they are typed", () => {
    assert.ok(FILES.length > 30);
    for (let count = 0; count < PREFIXES; count += 20) {
      const file = pick(FILES);
      const { service, uri } = opened(file);
      for (let round = 0; round < 20; round += 1) {
        const text = file.text.slice(0, upTo(file.text.length + 1));
        service.workspace.change(uri, round + 2, [{ text }]);
        if (random() < 0.1) settle(service);
        telling(text, () => askAll(service, uri, text));
      }
    }
  });

  it("is answered while files are edited at random", () => {
    for (let count = 0; count < EDITS; count += 20) {
      const file = pick(FILES);
      const { service, uri } = opened(file);
      let text = file.text;
      for (let round = 0; round < 20; round += 1) {
        const at = upTo(text.length + 1);
        text = text.slice(0, at) + pick(SNIPPETS) + text.slice(at + (random() < 0.5 ? 0 : upTo(40)));
        service.workspace.change(uri, round + 2, [{ text }]);
        if (random() < 0.1) settle(service);
        telling(text, () => askAll(service, uri, text));
      }
    }
  });

  for (const [what, text] of [
    ["a line of a megabyte", `workflow: a\ndescription: ${"x ".repeat(500_000)}`],
    ["100,000 lines", `workflow: a\nsteps:\n${"  a: { noop: {} }\n".repeat(100_000)}`],
    ["brackets in brackets", `workflow: a\nsteps: ${"[{a: ".repeat(20_000)}`],
    [
      "an expression that never ends",
      `workflow: a\nsteps: { a: { run: x, if: "\${{ ${"a.b(".repeat(20_000)}`,
    ],
    ["dashes in dashes", `workflow: a\ntriggers:\n${"- ".repeat(20_000)}`],
    [
      "bytes of something else",
      Array.from({ length: 50_000 }, () => String.fromCharCode(upTo(256))).join(""),
    ],
  ] as const) {
    it(`is answered in ${what}`, () => {
      const { service, uri } = opened({ path: "a.workflow.yaml", text });
      askAll(service, uri, text);
    });
  }
});

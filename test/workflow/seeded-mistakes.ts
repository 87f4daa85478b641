import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const FIXTURES = new URL("../../../test/fixtures/mistakes/", import.meta.url);

/** A mistake as an author makes it: one text in one file of a project in place of another. */
export interface Mistake {
  readonly title: string;
  readonly file: string;
  readonly before: string;
  /** With « and » around what is to be told of. */
  readonly after: string;
  readonly code: string;
  /** The finding carries an edit after which nothing is found. */
  readonly isMended: boolean;
}

/** Files by path. */
export type Texts = Readonly<Record<string, string>>;

/** A project in which nothing is found. */
export const PROJECT = readProject(readFileSync(new URL("project.txt", FIXTURES), "utf8"));

/** Each is to be made alone. */
export const MISTAKES = readMistakes(readFileSync(new URL("mistakes.txt", FIXTURES), "utf8"));

/** The edit that makes a mistake, at offsets in its file. */
export interface Slip {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  /** How what stands at a place of the file with the mistake is written in the fixture. */
  readonly marked: (range: { readonly start: number; readonly end: number }) => string;
}

/** Where a mistake is made in the project. */
export function slipOf({ file, before, after }: Mistake): Slip {
  const text = PROJECT[file] ?? "";
  const at = text.indexOf(before);
  assert.ok(at >= 0 && at === text.lastIndexOf(before), "the text to replace stands once in the file");
  const newText = after.replaceAll(/[«»]/g, "");
  const marked: Slip["marked"] = ({ start, end }) =>
    `${newText.slice(0, start - at)}«${newText.slice(start - at, end - at)}»${newText.slice(end - at)}`;
  return { start: at, end: at + before.length, newText, marked };
}

function readProject(fixture: string): Texts {
  const sections = fixture.split(/^--- /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const lineEnd = section.indexOf("\n");
      return [section.slice(0, lineEnd), section.slice(lineEnd + 1)];
    }),
  );
}

function readMistakes(fixture: string): readonly Mistake[] {
  return fixture
    .split(/^== /m)
    .slice(1)
    .map((section) => {
      const [head = "", ...lines] = section.trimEnd().split("\n");
      const [, title = "", file = ""] = /^(.*) \((.*)\)$/.exec(head) ?? [];
      const linesOf = (sign: string): string =>
        lines.flatMap((line) => (line.startsWith(`${sign} `) ? [line.slice(2)] : [])).join("\n");
      const [code = "", mend] = linesOf("=").split(" ");
      return { title, file, before: linesOf("-"), after: linesOf("+"), code, isMended: mend === "mended" };
    });
}

import assert from "node:assert/strict";
import type { LanguageService } from "@headwater/language-server";
import { before, describe, it } from "mocha";
import type { Diagnostic, TextEdit } from "vscode-languageserver-types";
import { MISTAKES, PROJECT, slipOf } from "#test/workflow/seeded-mistakes.js";
import { serviceWith, uriOf } from "./marked-project.js";

/** One after the other in one editor, each made by an edit and undone: what one left behind would be found with the next. */
describe("a mistake in an editor", () => {
  let service: LanguageService;
  let version = 1;
  before(() => {
    service = serviceWith(PROJECT);
    for (const [path, text] of Object.entries(PROJECT)) service.workspace.open(uriOf(path), version, text);
  });

  function edit(uri: string, edits: readonly TextEdit[]): void {
    version += 1;
    const backwards = edits.toSorted(
      (one, other) =>
        other.range.start.line - one.range.start.line ||
        other.range.start.character - one.range.start.character,
    );
    service.workspace.change(
      uri,
      version,
      backwards.map(({ range, newText }) => ({ range, text: newText })),
    );
  }

  /** What is found in all files, by path. */
  function found(): readonly (readonly [path: string, Diagnostic])[] {
    return [...service.filesWithFindings()].flatMap((uri) =>
      service.diagnosticsOf(uri).map((finding) => [uri.slice(uriOf("").length), finding] as const),
    );
  }

  function mend(uri: string, { range }: Diagnostic): number {
    const actions = service.codeActions(uri, range, { only: ["quickfix"], makesFiles: false });
    for (const [changed, edits] of Object.entries(actions[0]?.edit?.changes ?? {})) edit(changed, edits);
    return actions.length;
  }

  function undo(): void {
    for (const [path, text] of Object.entries(PROJECT)) {
      const uri = uriOf(path);
      version += 1;
      if (service.workspace.files.document(uri)?.getText() !== text)
        service.workspace.change(uri, version, [{ text }]);
    }
  }

  it("is made where nothing is found", () => assert.deepEqual(found(), []));

  for (const mistake of MISTAKES) {
    const mending = mistake.isMended ? ", and mended by the one action that is offered" : "";
    it(`is found once, just where it is${mending}: ${mistake.title}`, () => {
      const uri = uriOf(mistake.file);
      const { start, end, newText, marked } = slipOf(mistake);
      const document = service.workspace.files.document(uri)!;
      const range = { start: document.positionAt(start), end: document.positionAt(end) };
      edit(uri, [{ range, newText }]);
      const [[path, finding] = [], ...others] = found();
      assert.ok(finding !== undefined);
      const wrong = service.workspace.files.document(uri)!;
      const place = { start: wrong.offsetAt(finding.range.start), end: wrong.offsetAt(finding.range.end) };
      assert.deepEqual(
        [path, finding.code, marked(place), others],
        [mistake.file, mistake.code, mistake.after, []],
      );
      assert.equal(mend(uri, finding), mistake.isMended ? 1 : 0);
      if (mistake.isMended) assert.deepEqual(found(), []);
      undo();
      assert.deepEqual(found(), []);
    });
  }
});

import type { Diagnostic, Fix, TextEdit } from "../diagnostics/diagnostic.js";
import { collectFindings } from "../diagnostics/report.js";
import type { MapItem } from "../schema/collections.js";
import { itemsOf } from "../schema/field-value.js";
import type { StepFields } from "../schema/step-schema.js";
import type { TriggerFields } from "../schema/trigger-schema.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import type { CheckedFile, MatchedList } from "./checked-file.js";

/** Those of the triggers and gates of a workflow. */
export function matchedLists(
  triggers: readonly { readonly value: TriggerFields }[],
  steps: readonly { readonly fields: StepFields }[],
): readonly MatchedList[] {
  const heard = triggers.flatMap(({ value }) => [value, ...itemsOf(value.all).map((one) => one.value.value)]);
  const awaited = steps.flatMap(({ fields }) => itemsOf(fields.wait_for).map(({ value }) => value));
  return [...heard, ...awaited].flatMap(({ signal, match }) =>
    signal === undefined ? [] : itemsOf(match).flatMap((item) => listOf(signal.value, item)),
  );
}

function listOf(signal: string, { key, keyRange, value: { node } }: MapItem<SyntaxNode>): MatchedList[] {
  const last = node.kind === "list" ? node.items.at(-1) : undefined;
  if (last === undefined) return [];
  const { start, end } = node.range;
  // What is written in brackets has one behind its last item.
  const fix = end > last.range.end ? chooseFrom(start, end) : null;
  return [{ signal, param: key, paramRange: keyRange, fix }];
}

function chooseFrom(start: number, end: number): Fix {
  const insert = (at: number, newText: string): TextEdit => ({ range: { start: at, end: at }, newText });
  return { title: 'Match one of these values: "in"', edits: [insert(start, "{ in: "), insert(end, " }")] };
}

/** Whoever knows `in` from elsewhere takes a list for a choice. Of a signal that the project emits it is known what it carries. */
export function checkMatchedLists(files: readonly CheckedFile[]): readonly Diagnostic[] {
  const emitted = new Set(files.flatMap(({ fields }) => fields.emits.map(({ signal }) => signal.value)));
  return files.flatMap(({ path, fields }) => {
    const unknown = fields.matchedLists.filter(({ signal }) => !emitted.has(signal));
    if (unknown.length === 0) return [];
    const { report, diagnostics } = collectFindings(path);
    for (const { param, paramRange: range, fix } of unknown) {
      const message = `"${param}" must be this whole list: write "in" for one of its values, or "eq" where the list is meant`;
      report({ code: "match-list", message, range, ...(fix === null ? {} : { fix }) });
    }
    return diagnostics;
  });
}

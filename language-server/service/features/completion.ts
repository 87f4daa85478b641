import type { Shape } from "@headwater/workflow";
import {
  checkerAt,
  expressionPlaceAt,
  shapesAt,
  writtenExpressionAt,
  type WrittenExpression,
} from "@headwater/workflow/navigation";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  type CompletionItem,
  type Range,
} from "vscode-languageserver-types";
import { expressionOffers } from "../completion/expression-offers.js";
import { keyOffers } from "../completion/key-offers.js";
import { asScalar, inSnippet, type Offer } from "../completion/offer.js";
import { scriptFileOffers } from "../completion/script-files.js";
import { valueOffers } from "../completion/value-offers.js";
import { writingAt, type Writing } from "../completion/writing.js";
import { toRange } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** What the editor can do with what it is offered. */
export interface CompletionAbilities {
  /** It lets the author go through the places of a snippet. */
  readonly hasSnippets: boolean;
  /** It takes the indentation of further lines as it is given. */
  readonly keepsIndent: boolean;
}

/** What may be written at an offset. Answered from the text and from what was understood of the file before: it waits for no check. */
export function completionsAt(
  file: ProjectFile,
  offset: number,
  abilities: CompletionAbilities,
): CompletionItem[] {
  const writing = writingAt(file, offset);
  if (writing === null || writing.place.isComment) return [];
  const isBare = writing.shapes.some(({ kind }) => kind === "expression");
  const expression = writtenExpressionAt(writing.text, offset, { place: writing.place, isBare });
  const document = file.project.document(file.path);
  if (expression !== null) return inExpression(writing, expression, { abilities, document, offset });
  return itemsOf(offersAt(writing, abilities), { abilities, document, offset });
}

interface Replacing {
  readonly offers: readonly Offer[];
  readonly start: number;
  readonly end: number;
}

interface Shown {
  readonly abilities: CompletionAbilities;
  readonly document: TextDocument;
  readonly offset: number;
}

function inExpression(
  writing: Writing,
  { source, start }: WrittenExpression,
  shown: Shown,
): CompletionItem[] {
  const { model, place, offset } = writing;
  const checker = model === null ? null : checkerAt(model, place.path);
  if (checker === null) return [];
  const inside = expressionPlaceAt(source, offset - start);
  const { word } = inside;
  const hasBracket = source[word.end] === "(";
  const offers = expressionOffers(inside, checker, { writing, hasBracket });
  return itemsOf({ offers, start: start + word.start, end: start + word.end }, shown);
}

function offersAt(writing: Writing, abilities: CompletionAbilities): Replacing {
  const script = scriptFileOffers(writing);
  if (script !== null) return script;
  const { place, shapes } = writing;
  if (place.role === "key") {
    const items = shapes.flatMap((shape) => (shape.kind === "list" ? itemShapes(shape) : []));
    const { word } = place;
    // One item may stand for a list of one, and here it does.
    if (place.isFlow || place.siblings.length > 0)
      return { offers: mapOffers(writing, [...shapes, ...items], abilities), ...word };
    return {
      offers: [...mapOffers(writing, shapes, abilities), ...listOffers(writing, items, abilities)],
      ...word,
    };
  }
  return valuesAt(writing, abilities);
}

function itemShapes({ of }: Extract<Shape, { kind: "list" }>): readonly Shape[] {
  return shapesAt(of, []);
}

function mapOffers(
  writing: Writing,
  shapes: readonly Shape[],
  { keepsIndent, shift = 0 }: CompletionAbilities & { readonly shift?: number },
): readonly Offer[] {
  const { text, place } = writing;
  const lineStart = text.lastIndexOf("\n", place.word.start - 1) + 1;
  const written = keepsIndent ? 0 : (/^ */.exec(text.slice(lineStart, place.word.start))?.[0].length ?? 0);
  const indent = " ".repeat(Math.max(0, place.column + shift + 2 - written));
  const hasColon = /^\s*:/.test(text.slice(place.word.end, place.word.end + 20));
  return keyOffers(writing, shapes, { isFlow: place.isFlow, indent, hasColon });
}

/** On a line of its own below the key of a list another item may begin. */
function listOffers(
  writing: Writing,
  shapes: readonly Shape[],
  abilities: CompletionAbilities,
): readonly Offer[] {
  if (shapes.length === 0 || writing.place.isFlow) return [];
  return [...mapOffers(writing, shapes, { ...abilities, shift: 2 }), ...scalarOffers(writing, shapes)].map(
    (offer) => ({
      ...offer,
      text: `- ${offer.text ?? offer.label}`,
      snippet: `- ${offer.snippet ?? inSnippet(offer.text ?? offer.label)}`,
    }),
  );
}

function valuesAt(writing: Writing, abilities: CompletionAbilities): Replacing {
  const { place, shapes, text, offset } = writing;
  const quote = /^["']/.exec(text[place.word.start] ?? "")?.[0];
  const isItem = typeof place.path.at(-1) === "number" && !place.isFlow;
  const keys = isItem ? mapOffers(writing, shapes, abilities) : [];
  if (quote === undefined || offset === place.word.start) {
    return { offers: [...scalarOffers(writing, shapes), ...keys], ...place.word };
  }
  const offers = valueOffers(writing, shapes).map(({ text: _quoted, snippet: _filled, ...offer }) => offer);
  const line = text.slice(offset, text.indexOf("\n", offset) < 0 ? text.length : text.indexOf("\n", offset));
  const closing = line.indexOf(quote);
  return { offers, start: place.word.start + 1, end: closing < 0 ? offset : offset + closing };
}

function scalarOffers(writing: Writing, shapes: readonly Shape[]): readonly Offer[] {
  const { isFlow } = writing.place;
  return valueOffers(writing, shapes).map((offer) => {
    const text = offer.text ?? asScalar(offer.label, isFlow);
    return text === offer.label ? offer : { ...offer, text };
  });
}

/** A range of a completion is of one line, and the cursor is in it. */
function withinLine(
  document: TextDocument,
  offset: number,
  { start, end }: Omit<Replacing, "offers">,
): Range {
  const { line } = document.positionAt(offset);
  const lineStart = document.offsetAt({ line, character: 0 });
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const lineEnd = lineStart + text.replace(/[\r\n]+$/, "").length;
  const own = /[\w.-]*$/.exec(text.slice(0, offset - lineStart))?.[0].length ?? 0;
  return toRange(document, {
    start: start < lineStart ? offset - own : Math.min(start, offset),
    end: Math.max(offset, Math.min(end, lineEnd)),
  });
}

function itemsOf(
  { offers, ...replaced }: Replacing,
  { abilities, document, offset }: Shown,
): CompletionItem[] {
  const range = withinLine(document, offset, replaced);
  const labels = new Set<string>();
  const items: CompletionItem[] = [];
  for (const offer of offers) {
    if (labels.has(offer.label)) continue;
    labels.add(offer.label);
    items.push(itemOf(offer, range, abilities));
  }
  return items;
}

function itemOf(
  { label, kind, detail, doc, text = label, snippet, rank = 5 }: Offer,
  range: Range,
  { hasSnippets, keepsIndent }: CompletionAbilities,
): CompletionItem {
  const shown: CompletionItem = { label, kind, sortText: `${rank}${label}`, filterText: label };
  if (detail !== undefined) shown.detail = detail;
  if (doc !== undefined) shown.documentation = { kind: MarkupKind.Markdown, value: doc };
  if (!hasSnippets || snippet === undefined) return { ...shown, textEdit: { range, newText: text } };
  return {
    ...shown,
    textEdit: { range, newText: snippet },
    insertTextFormat: InsertTextFormat.Snippet,
    ...(keepsIndent ? { insertTextMode: InsertTextMode.asIs } : {}),
  };
}

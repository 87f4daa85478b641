import { durationInWords, parseDuration } from "@headwater/workflow";
import {
  keyShapeAt,
  shapeOfFile,
  writtenExpressionAt,
  type Occurrence,
} from "@headwater/workflow/navigation";
import { MarkupKind, type Hover } from "vscode-languageserver-types";
import { writingAt, type Writing } from "../completion/writing.js";
import { expressionHover } from "../hover/expression-hover.js";
import { nameHover } from "../hover/name-hover.js";
import { scheduleHover, type Almanac } from "../hover/schedule-hover.js";
import { keyDoc } from "../key-doc.js";
import { offsetBefore } from "../moved-offset.js";
import { timingOf } from "../schedule-timing.js";
import { toRange, touches } from "../text-place.js";
import type { ProjectFile } from "../workspace.js";

/** What stands at an offset, in Markdown: a schedule, a name, a part of an expression, a key, a duration. */
export function hoverAt(file: ProjectFile, offset: number, almanac: Almanac): Hover | null {
  const writing = writingAt(file, offset);
  if (writing === null || writing.place.isComment) return null;
  const name = nameThere(writing);
  const parts = [
    scheduleThere(writing, almanac),
    name === null ? null : nameHover(name, file),
    expressionThere(writing),
    name === null ? (keyThere(writing) ?? choiceThere(writing)) : null,
    durationThere(writing),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  const { word } = writing.place;
  const range = word.start <= offset && offset <= word.end && name === null ? word : wordAround(writing);
  return {
    contents: { kind: MarkupKind.Markdown, value: parts.join("\n\n---\n\n") },
    range: toRange(file.project.document(file.path), range),
  };
}

/** The name that stood there when the file was last understood. */
function nameThere({ project, path, text, offset, model }: Writing): Occurrence | null {
  const before = model === null ? null : offsetBefore(text, model.text, offset);
  if (before === null) return null;
  return project.settledNames(path).find(({ range }) => touches(range, before)) ?? null;
}

function scheduleThere({ site, place, model, project }: Writing, almanac: Almanac): string | null {
  if (site !== "triggers.schedule" || model?.kind !== "workflow") return null;
  const nth = place.path.find((part) => typeof part === "number") ?? 0;
  const trigger = model.fields.triggers?.value[nth];
  const timing = trigger === undefined ? null : timingOf(trigger, project);
  return timing === null ? null : scheduleHover(timing, almanac);
}

function expressionThere(writing: Writing): string | null {
  const isBare = writing.shapes.some(({ kind }) => kind === "expression");
  const expression = writtenExpressionAt(writing.text, writing.offset, { place: writing.place, isBare });
  return expression === null ? null : expressionHover(writing, expression);
}

function keyThere({ kind, place, text }: Writing): string | null {
  if (place.role !== "key") return null;
  const name = text.slice(place.word.start, place.word.end).replaceAll(/^["']|["']$/g, "");
  const key = keyShapeAt(shapeOfFile(kind), [...place.path, name]);
  return key === null ? null : keyDoc(name, key);
}

/** Over one of the values among which a key chooses, that key. */
function choiceThere({ kind, place, shapes, text }: Writing): string | null {
  const value = text.slice(place.word.start, place.word.end).replaceAll(/^["']|["']$/g, "");
  const isChosen =
    place.role === "value" &&
    shapes.some(
      (shape) => (shape.kind === "choice" && shape.choices.includes(value)) || shape.kind === "boolean",
    );
  const key = isChosen ? keyShapeAt(shapeOfFile(kind), place.path) : null;
  return key === null ? null : keyDoc(String(place.path.at(-1)), key);
}

function durationThere({ place, shapes, text }: Writing): string | null {
  if (place.role !== "value") return null;
  const takesDuration = shapes.some((shape) => shape.kind === "text" && shape.examples.includes("1h30m"));
  const ms = takesDuration ? parseDuration(text.slice(place.word.start, place.word.end)) : null;
  return ms === null ? null : durationInWords(ms);
}

function wordAround({ text, offset }: Writing): { readonly start: number; readonly end: number } {
  const before = /[\w-]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const after = /^[\w-]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  return { start: offset - before, end: offset + after };
}

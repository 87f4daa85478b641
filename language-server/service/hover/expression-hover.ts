import {
  checkerAt,
  DESCRIBED_FUNCTIONS,
  expressionPlaceAt,
  formatPartType,
  scopeDoc,
  typeOfPart,
  type ExpressionPlace,
  type WrittenExpression,
} from "@headwater/workflow/navigation";
import type { ExpressionChecker } from "@headwater/workflow";
import type { Writing } from "../completion/writing.js";
import { functionDoc } from "../function-doc.js";
import { asCode } from "../markdown.js";

/** What a name in an expression is and of what type; of a function how it is called. Null where no name stands. */
export function expressionHover(writing: Writing, { source, start }: WrittenExpression): string | null {
  const { model, place, offset } = writing;
  const at = offset - start;
  const end = at + (/^\w*/.exec(source.slice(at))?.[0].length ?? 0);
  const inside = expressionPlaceAt(source, end);
  const name = source.slice(inside.word.start, inside.word.end);
  if (inside.isInText || !/^[A-Za-z_]/.test(name)) return null;
  if (source[inside.word.end] === "(") return functionHover(name);
  const path = inside.receiver === null ? name : `${inside.receiver}.${name}`;
  return pathHover(path, inside, model === null ? null : checkerAt(model, place.path));
}

function pathHover(path: string, inside: ExpressionPlace, checker: ExpressionChecker | null): string | null {
  if (checker === null) return null;
  const type = formatPartType(typeOfPart(path, inside.calls, checker));
  const doc = scopeDoc(path.split(".").map((part) => part.trim().replace(/^\?/, "")));
  if (type === null && doc === null) return null;
  return asCode(path) + (type === null ? "" : `: ${asCode(type)}`) + (doc === null ? "" : `\n\n${doc}`);
}

function functionHover(name: string): string | null {
  const described = DESCRIBED_FUNCTIONS.find((candidate) => candidate.name === name);
  return described === undefined ? null : functionDoc(described);
}

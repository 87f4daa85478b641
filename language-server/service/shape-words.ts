import type { Shape } from "@headwater/workflow";
import { shapesAt } from "@headwater/workflow/navigation";

/** What a value may be, in words: "one of `sh`, `bash`", "a list of …". */
export function shapeInWords(shape: Shape): string {
  return [...new Set(shapesAt(shape, []).map(inWords))].join(", or ");
}

function inWords(shape: Shape): string {
  switch (shape.kind) {
    case "text":
      return textInWords(shape);
    case "choice":
      return choiceInWords(shape.choices);
    case "number":
      return numberInWords(shape);
    case "boolean":
      return "`true` or `false`";
    case "expression":
      return "an expression";
    case "list":
      return listInWords(shape);
    case "map":
      return `a map, each value ${shapeInWords(shape.of)}`;
    case "record":
      return `a map: ${shape.what}`;
    default:
      return "any value";
  }
}

function choiceInWords(choices: readonly string[]): string {
  const shown = choices.map((choice) => `\`${choice}\``).join(", ");
  return choices.length === 1 ? shown : `one of ${shown}`;
}

function listInWords({ of, orOne }: Extract<Shape, { kind: "list" }>): string {
  const item = shapeInWords(of);
  return orOne ? `${item}; or a list of such` : `a list, each item ${item}`;
}

function textInWords({ form, expressions, examples }: Extract<Shape, { kind: "text" }>): string {
  const shown = examples.map((example) => `\`${example}\``).join(", ");
  const such = form === null ? (shown === "" ? "text" : `text such as ${shown}`) : formInWords(form);
  return expressions ? `${such}, may hold expressions` : such;
}

/** A form is worded for messages that refuse a value. */
function formInWords(form: string): string {
  return form
    .replace(/^it takes (.*), begins with a letter and has /, "text of $1 that begins with a letter and has ")
    .replace(/^write /, "");
}

function numberInWords({ integer, min, max }: Extract<Shape, { kind: "number" }>): string {
  const kind = integer ? "a whole number" : "a number";
  if (min !== null && max !== null) return `${kind} from ${min} to ${max}`;
  return min === null ? kind : `${kind} of at least ${min}`;
}

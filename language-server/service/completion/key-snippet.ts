import type { KeyShape, Shape } from "@headwater/workflow";
import { shapesAt } from "@headwater/workflow/navigation";
import { choiceInSnippet, inSnippet } from "./offer.js";

export interface SnippetLayout {
  /** The map is written in braces, on one line. */
  readonly isFlow: boolean;
  /** Blanks before what belongs to the key, on lines of its own. */
  readonly indent: string;
}

/** A key with the form of its value, whose parts are to be filled in. */
export function keySnippet(name: string, { shape, default: usual }: KeyShape, layout: SnippetLayout): string {
  if (name === "noop") return "noop: {}$0";
  const [first] = shapesAt(shape, []);
  return `${inSnippet(name)}:${first === undefined ? " $0" : valueSnippet(first, usual, layout)}`;
}

function valueSnippet(shape: Shape, usual: KeyShape["default"], layout: SnippetLayout): string {
  switch (shape.kind) {
    case "choice":
      return ` ${choiceInSnippet(usualLast(shape.choices, String(usual)))}`;
    case "boolean":
      return ` ${choiceInSnippet(usualLast(["true", "false"], String(usual)))}`;
    case "list":
      return listSnippet(shape.of, layout);
    case "record":
      return layout.isFlow ? " { $0 }" : `\n${layout.indent}$0`;
    case "map":
      return mapSnippet(shape.of, layout);
    default:
      return " $0";
  }
}

function listSnippet(of: Shape, { isFlow, indent }: SnippetLayout): string {
  const holdsMaps = shapesAt(of, []).some(({ kind }) => kind === "record" || kind === "map");
  if (!holdsMaps) return " [$0]";
  return isFlow ? " [{ $0 }]" : `\n${indent}- $0`;
}

function mapSnippet(of: Shape, { isFlow, indent }: SnippetLayout): string {
  if (isFlow) return " { $0 }";
  const isOfSteps = shapesAt(of, []).some((shape) => shape.kind === "record" && shape.rules !== null);
  return isOfSteps ? `\n${indent}\${1:name}:\n${indent}  $0` : `\n${indent}$0`;
}

/** Who writes the key wants something else than what it means to leave it out. */
function usualLast(choices: readonly string[], usual: string): readonly string[] {
  return [...choices.filter((choice) => choice !== usual), ...choices.filter((choice) => choice === usual)];
}

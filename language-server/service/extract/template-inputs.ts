import { formatPartType, type SeenExpression, type SyntaxNode } from "@headwater/workflow/navigation";

/** What a template is given in the place of an expression that it cannot have. */
export interface TemplateInput {
  readonly name: string;
  /** As authors write it. */
  readonly type: string;
  /** What the step gives under `with`, as YAML in braces. */
  readonly given: string;
  /** Where the expression stands, without its braces. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
}

type Entry = Extract<SyntaxNode, { readonly kind: "map" }>["entries"][number];

/** Names that mean the same in a template. */
const EVERYWHERE: ReadonlySet<string> = new Set(["run", "workflow", "secrets"]);

/** The inputs for expressions that use what only the workflow has; null where they use a response beside it, which no input can. */
export function inputsFor(expressions: readonly SeenExpression[]): readonly TemplateInput[] | null {
  const bySource = new Map<string, TemplateInput>();
  const names = new Set<string>();
  for (const expression of expressions) {
    const roots = expression.checked.references.map(({ path: [root = ""] }) => root);
    if (roots.every((root) => EVERYWHERE.has(root) || root === "response")) continue;
    if (roots.includes("response")) return null;
    const { source, offset } = expression;
    const place = { start: offset(0), end: offset(source.length - 1) + 1 };
    const known = bySource.get(source);
    const input = known ?? newInput(expression, names);
    names.add(input.name);
    bySource.set(source, { ...input, places: [...input.places, place] });
  }
  return [...bySource.values()];
}

/** Named after the last word of the expression. */
function newInput({ source, checked }: SeenExpression, taken: ReadonlySet<string>): TemplateInput {
  const word = checked.references[0]?.path.at(-1) ?? "value";
  const base = /^[a-z][a-z0-9_]*$/.test(word) ? word : "value";
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  const type = INPUT_TYPES.test(checked.type.name) ? (formatPartType(checked.type) ?? "json") : "json";
  return { name, type, given: JSON.stringify(`\${{ ${source} }}`), places: [] };
}

const INPUT_TYPES = /^(?:string|int|double|bool|timestamp|duration|list|map)$/;

/** The text of an entry up to an offset, further out by its column, with the inputs in the places of the expressions. */
export function withInputs(
  { keyRange }: Entry,
  inputs: readonly TemplateInput[],
  { text, end }: { readonly text: string; readonly end: number },
): string {
  const { start } = keyRange;
  const places = inputs
    .flatMap(({ name, places: at }) => at.map((place) => ({ ...place, name })))
    .filter((place) => place.start >= start && place.end <= end)
    .sort((a, b) => b.start - a.start);
  const written = places.reduce(
    (rest, place) =>
      `${rest.slice(0, place.start - start)}inputs.${place.name}${rest.slice(place.end - start)}`,
    text.slice(start, end),
  );
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  return written.trimEnd().replaceAll(new RegExp(`\\n {0,${column}}`, "g"), "\n");
}

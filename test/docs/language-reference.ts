import {
  EXPRESSION_FUNCTIONS,
  settingsSchema,
  templateSchema,
  testFileSchema,
  workflowSchema,
  type KeyShape,
  type Shape,
} from "@headwater/workflow";

type RecordShape = Extract<Shape, { readonly kind: "record" }>;

/** Where records that have a page of their own are described. */
interface Pages {
  readonly [key: string]: string;
}

const WORKFLOW_PAGES: Pages = { steps: "steps.md", triggers: "triggers.md" };

/** The parts of `docs/language/` that are made from the compiler's own schemas, by page. */
export function languageReference(): Readonly<Record<string, string>> {
  const workflow = recordIn(workflowSchema.shape);
  const step = recordIn(workflow.keys["steps"]?.shape);
  return {
    "workflow.md": describe(workflow, WORKFLOW_PAGES),
    "triggers.md": describe(recordIn(workflow.keys["triggers"]?.shape), {}),
    "steps.md": describe(step, { steps: "steps.md" }),
    "headwater-yaml.md": describe(recordIn(settingsSchema.shape), { retry: "steps.md#retry" }),
    "templates.md": describe(recordIn(templateSchema.shape), {
      ...Object.fromEntries(Object.keys(step.keys).map((key) => [key, `steps.md#${key}`])),
      inputs: "workflow.md#params",
    }),
    "tests.md": describe(recordIn(testFileSchema.shape), {}),
    "expressions.md": functions(),
  };
}

/** Every key of the language by the page of the reference that has it, the keys within others after a dot. */
export function languageKeys(): Readonly<Record<string, readonly string[]>> {
  const workflow = recordIn(workflowSchema.shape);
  const step = recordIn(workflow.keys["steps"]?.shape);
  return {
    "workflow.md": keysWithin(workflow, Object.keys(WORKFLOW_PAGES)),
    "triggers.md": keysWithin(recordIn(workflow.keys["triggers"]?.shape), []),
    "steps.md": keysWithin(step, ["steps"]),
    "headwater-yaml.md": keysWithin(recordIn(settingsSchema.shape), []),
    "templates.md": keysWithin(recordIn(templateSchema.shape), Object.keys(step.keys)),
    "tests.md": keysWithin(recordIn(testFileSchema.shape), []),
  };
}

/** @param elsewhere keys of the record whose own keys are described on another page */
function keysWithin(root: RecordShape, elsewhere: readonly string[]): readonly string[] {
  return Object.entries(root.keys).flatMap(([key, { shape }]) => {
    const found = elsewhere.includes(key) ? null : findRecord(shape);
    return [key, ...(found === null ? [] : keysWithin(found, []).map((inner) => join(key, inner)))];
  });
}

/** A record's keys as a table, then each record inside it under a heading of its own. */
function describe(root: RecordShape, pages: Pages): string {
  const parts: string[] = [];
  const described = new Set<RecordShape>();
  const open: (readonly [path: string, record: RecordShape])[] = [["", root]];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [path, record] = next;
    if (described.has(record)) continue;
    described.add(record);
    parts.push(path === "" ? "" : `### ${path}\n`, tableOf(record, { path, pages }));
    const inside = Object.entries(record.keys).flatMap(([key, { shape }]): typeof open => {
      const found = pages[key] === undefined ? findRecord(shape) : null;
      return found === null ? [] : [[join(path, key), found]];
    });
    open.unshift(...inside);
  }
  return parts.join("\n");
}

function tableOf({ keys }: RecordShape, place: { readonly path: string; readonly pages: Pages }): string {
  const rows = Object.entries(keys).map(([key, shape]) => rowOf(key, shape, place));
  return ["| key | value | meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

function rowOf(
  key: string,
  { shape, doc, required }: KeyShape,
  { path, pages }: { readonly path: string; readonly pages: Pages },
): string {
  const target = pages[key] ?? `#${anchorOf(join(path, key))}`;
  const words = wordsFor(shape, `[keys](${target})`);
  return `| \`${key}\`${required ? " (required)" : ""} | ${cell(words)} | ${cell(doc)} |`;
}

/** @param link to where a record's keys are described */
// oxlint-disable-next-line complexity -- one line for each kind of shape
function wordsFor(shape: Shape, link: string): string {
  switch (shape.kind) {
    case "text":
      return textWords(shape);
    case "choice":
      return shape.choices.map((choice) => `\`${choice}\``).join(", ");
    case "number":
      return numberWords(shape);
    case "boolean":
      return "`true`, `false`";
    case "expression":
      return "[expression](expressions.md)";
    case "any":
      return "any value";
    case "list":
      return `list: ${wordsFor(shape.of, link)}${shape.orOne ? "; one alone will do" : ""}`;
    case "map":
      return `map: names to ${wordsFor(shape.of, link)}`;
    case "record":
      return link;
    case "either":
      return shape.of.map((one) => wordsFor(one, link)).join(", or ");
    case "lazy":
      return wordsFor(shape.shape(), link);
  }
}

function textWords({ form, expressions }: Extract<Shape, { readonly kind: "text" }>): string {
  return `${form ?? "text"}${expressions ? ", may hold `${{ … }}`" : ""}`;
}

function numberWords({ integer, min, max }: Extract<Shape, { readonly kind: "number" }>): string {
  const from = min === null ? "" : ` from ${min.toLocaleString("en-US")}`;
  const to = max === null ? "" : ` to ${max.toLocaleString("en-US")}`;
  return `${integer ? "whole number" : "number"}${from}${to}`;
}

function findRecord(shape: Shape): RecordShape | null {
  switch (shape.kind) {
    case "record":
      return shape;
    case "list":
    case "map":
      return findRecord(shape.of);
    case "lazy":
      return findRecord(shape.shape());
    case "either":
      return shape.of.map((one) => findRecord(one)).find((found) => found !== null) ?? null;
    default:
      return null;
  }
}

function recordIn(shape: Shape | undefined): RecordShape {
  const found = shape === undefined ? null : findRecord(shape);
  if (found === null) throw new TypeError("Cannot describe a schema: it has no record");
  return found;
}

function functions(): string {
  const rows = EXPRESSION_FUNCTIONS.map(({ name, doc, example, overloads }) => {
    const signatures = overloads.map(({ signature }) => `\`${signature}\``).join("<br>");
    return `| \`${name}\` | ${cell(signatures)} | ${cell(doc)} Example: \`${cell(example)}\` |`;
  });
  return ["| function | forms | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** As Git hosts make anchors of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ -]/g, "")
    .replaceAll(" ", "-");
}

function cell(words: string): string {
  return words.replaceAll("|", "\\|").replaceAll("\n", " ");
}

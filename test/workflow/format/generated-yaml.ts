import * as fc from "fast-check";

/** Documents as careless people write them: any indentation, spacing, comment and style. Nearly all are right YAML. */
export function generatedYaml(): fc.Arbitrary<string> {
  return fc
    .record({ node: nodes().collection, top: above, end: fc.constantFrom("", "\n", "\n\n# end\n") })
    .map(({ node, top, end }) => [...top.map((line) => line.trim()), ...linesOf(node, 0)].join("\n") + end);
}

type Node =
  | { readonly kind: "inline"; readonly text: string }
  | { readonly kind: "lines"; readonly header: string; readonly lines: readonly string[] }
  | { readonly kind: "map" | "list"; readonly width: number; readonly entries: readonly Entry[] };

interface Entry {
  readonly key: string;
  readonly node: Node;
  readonly gap: string;
  readonly above: readonly string[];
  readonly side: string;
}

const gap = fc.constantFrom(" ", "  ", "     ");
const side = fc.constantFrom("", "", " # side", "     # far", "  ");
const above = fc.array(fc.constantFrom("", "# above", "   # indented", "#tight"), { maxLength: 2 });
const keys = fc.uniqueArray(fc.constantFrom("a", "b1", '"quoted key"', "'single'", "long_key"), {
  maxLength: 4,
  minLength: 1,
});

const scalars = fc.constantFrom(
  "text",
  "two words",
  "5",
  "1_0",
  "0x1F",
  "1e3",
  "~",
  "true",
  "'single'",
  "'it''s'",
  `'with "double"'`,
  String.raw`'back\slash'`,
  '"double"',
  String.raw`"esc\n\u00e9"`,
  "${{ params.a }}",
  "2026-03-02",
  "!!str 5",
  "#no",
  "",
);
const flows = fc.constantFrom(
  "{}",
  "[ ]",
  "{a: 1}",
  "[1,2 , 3]",
  "{ a: {b: [1,{c: d}]} , e: 'f' }",
  "[ 'x',]",
  "{ a: }",
  "{\n        a: 1,\n          b: 2 # c\n        }",
  "[ one,\n          two,\n          # three\n          three ]",
);
const multiline = fc.constantFrom(
  "several\n          lines\n\n          of text",
  '"in\n          quotes\n\n          too"',
  "'in single\n          quotes'",
);
const blocks = fc.record({
  header: fc.constantFrom("|", ">", "|-", "|+", ">-", "|  # side"),
  lines: fc.array(fc.constantFrom("line", "  deeper", "", "# no comment", "  ", "trailing  "), {
    maxLength: 4,
  }),
});

function nodes(): { readonly collection: fc.Arbitrary<Node> } {
  const { collection } = fc.letrec<{ node: Node; collection: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(scalars, flows, multiline).map((text) => ({ kind: "inline" as const, text })),
      blocks.map(({ header, lines }) => ({ kind: "lines" as const, header, lines: ["first", ...lines] })),
      tie("collection"),
    ),
    collection: fc
      .record({
        kind: fc.constantFrom("map" as const, "list" as const),
        width: fc.constantFrom(1, 2, 3, 4, 8),
        keys,
        parts: fc.array(fc.record({ node: tie("node"), gap, above, side }), { minLength: 4, maxLength: 4 }),
      })
      .map(({ kind, width, keys: names, parts }) => ({
        kind,
        width,
        entries: names.flatMap((key, index) => {
          const part = parts[index];
          return part === undefined ? [] : [{ key, ...part }];
        }),
      })),
  }));
  return { collection };
}

function linesOf(node: Node, indent: number): readonly string[] {
  if (node.kind === "inline") return [node.text];
  if (node.kind === "lines") return node.lines;
  return node.entries.flatMap((entry) => [
    ...entry.above.map((line) => (line === "" ? "" : " ".repeat(indent) + line)),
    ...entryLines(entry, { indent, sign: node.kind === "list" ? "-" : `${entry.key}:`, width: node.width }),
  ]);
}

function entryLines(
  { node, gap, side }: Entry,
  { indent, sign, width }: { readonly indent: number; readonly sign: string; readonly width: number },
): readonly string[] {
  const start = " ".repeat(indent) + sign;
  if (node.kind === "inline") return [`${start}${gap}${node.text}${side}`];
  const inner = indent + width;
  if (node.kind === "lines") {
    const text = node.lines.map((line) => (line.trim() === "" ? "" : " ".repeat(inner) + line));
    return [`${start}${gap}${node.header}`, ...text];
  }
  return [`${start}${side}`, ...linesOf(node, inner)];
}

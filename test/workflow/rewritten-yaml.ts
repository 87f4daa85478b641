import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parse,
  visit,
  type Node,
} from "yaml";

/** A number in [0, 1). */
type Random = () => number;

/** The same meaning written in another way: order of keys, style, quotes, indentation, line ends, comments, blank lines, anchors. */
export function rewritten(text: string, random: Random): string {
  const document = new Document(parse(text), { aliasDuplicateObjects: false });
  visit(document, {
    Map: (_key, map, path) => {
      if (!isOrdered(path.at(-1))) map.items = shuffled(map.items, random);
      map.flow = random() < 0.3;
    },
    Seq: (_key, list, path) => {
      if (isSet(path.at(-1))) list.items = shuffled(list.items, random);
      list.flow = random() < 0.5;
    },
    Scalar: (place, scalar, path) => {
      if (place === "value" && isGivenAsText(path.at(-3))) scalar.value = withOtherType(scalar.value, random);
      if (typeof scalar.value !== "string") return;
      if (place === "value") scalar.value = withOtherQuotes(withOtherBlanks(scalar.value, random), random);
      scalar.type = oneOf(place === "key" ? STYLES_OF_KEYS : STYLES, random);
    },
    Pair: (_key, { key }, path) => {
      // The library that writes puts neither comments nor blank lines well into flow collections.
      const isInFlow = path.some((around) => isCollection(around) && around.flow === true);
      if (!isNode(key) || isInFlow) return;
      if (random() < 0.2) key.commentBefore = " a comment: [with, signs]";
      if (random() < 0.2) key.spaceBefore = true;
    },
  });
  shareEquals(document, random);
  const indent = 1 + Math.floor(random() * 5);
  const lineWidth = oneOf([0, 40, 120], random);
  const written = `${random() < 0.3 ? "---\n" : ""}${document.toString({ indent, lineWidth })}`;
  return random() < 0.2 ? written.replaceAll("\n", "\r\n") : written;
}

/** Other blanks around the braces of an expression, and around what is no text in them. */
function withOtherBlanks(text: string, random: Random): string {
  return text.replaceAll(/\$\{\{([^}'"]*)\}\}/g, (_, source: string) => {
    const inner = source.trim().replaceAll(/ ?(==|[><+*,]) ?/g, (_found, sign: string) => {
      const [before, after] = [oneOf(BLANKS, random), oneOf(BLANKS, random)];
      return `${before}${sign}${after}`;
    });
    return `\${{${oneOf(BLANKS, random)}${inner}${oneOf(BLANKS, random)}}}`;
  });
}

/** `'a'` for `"a"` and the other way round, where nothing else is quoted. */
function withOtherQuotes(text: string, random: Random): string {
  return text.replaceAll(/\$\{\{([^}]*)\}\}/g, (written, source: string) => {
    const isOfOneKind = source.includes("'") !== source.includes('"');
    if (!isOfOneKind || source.includes("\\") || random() < 0.5) return written;
    return written.replaceAll(/['"]/g, (quote) => (quote === "'" ? '"' : "'"));
  });
}

const BLANKS = ["", " ", "  "] as const;

/** A program, or a server, gets the text of what stands here. */
function isGivenAsText(around: unknown): boolean {
  return (
    isPair(around) && isScalar(around.key) && (around.key.value === "env" || around.key.value === "headers")
  );
}

/** `7` for `"7"` and the other way round. */
function withOtherType(value: unknown, random: Random): unknown {
  if (random() < 0.5) return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const read: unknown =
    typeof value === "string" && /^(?:\d+(?:\.\d+)?|true|false)$/.test(value) ? JSON.parse(value) : value;
  return String(read) === value ? read : value;
}

/** What a step needs comes in no order. */
function isSet(parent: unknown): boolean {
  return isPair(parent) && isScalar(parent.key) && parent.key.value === "needs";
}

/** The variables of a loop are nested in their order, and that is the order of its iterations. */
function isOrdered(parent: unknown): boolean {
  return isPair(parent) && isScalar(parent.key) && parent.key.value === "foreach";
}

const STYLES_OF_KEYS = ["PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE"] as const;
const STYLES = ["PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE", "BLOCK_LITERAL", "BLOCK_FOLDED"] as const;

/** Of values that are written twice, some become an anchor and its aliases. */
function shareEquals(document: Document, random: Random): void {
  const firsts = new Map<string, Node>();
  visit(document, (key, node, path) => {
    // A key stays what it is, and what is inside of a shared value is shared already.
    if (key === "key" || !isNode(node) || isAlias(node)) return undefined;
    const written = JSON.stringify(node.toJS(document));
    const first = firsts.get(written);
    if (first === undefined || random() < 0.5 || path.some((around) => around === first)) {
      if (isScalar(node) || isMap(node) || isSeq(node)) firsts.set(written, node);
      return undefined;
    }
    return document.createAlias(first as Parameters<typeof document.createAlias>[0]);
  });
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  // There is always one.
  return choices[Math.floor(random() * choices.length)] as T;
}

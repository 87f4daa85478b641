import type { TextRange } from "../diagnostics/diagnostic.js";
import { writeInstead } from "../diagnostics/nearest-name.js";
import { describeNode, entryOf, type ScalarNode, type SyntaxNode } from "../syntax/syntax-node.js";
import { reportInexactNumbers } from "./inexact-number.js";
import { located, type Located, type Schema, type Shape } from "./schema.js";

/** An entry of a map whose keys the author chooses. */
export interface MapItem<T> {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: Located<T>;
}

/** A list; items that cannot be read are left out. With `orOne` a single value stands for a list of one. */
export function list<T>(
  what: string,
  of: Schema<T>,
  options: { readonly orOne?: true } = {},
): Schema<readonly Located<T>[]> {
  const orOne = options.orOne ?? false;
  return {
    shape: { kind: "list", of: of.shape, orOne },
    read: (node, report) => {
      const items = node.kind === "list" ? node.items : orOne && !isNothing(node) ? [node] : null;
      if (items === null) {
        report({
          code: "wrong-type",
          message: `Expected ${what}, found ${describeNode(node)}`,
          range: node.range,
        });
        return null;
      }
      return located(
        node,
        items.map((item) => of.read(item, report)).filter((item) => item !== null),
      );
    },
  };
}

/** How the keys of a map must look. */
export interface KeyForm {
  readonly pattern: RegExp;
  /** Says what is wrong with a key that does not match, and what would be right. */
  readonly problem: (key: string) => string;
  /** A right key that is near, for a mend. */
  readonly mended: (key: string) => string | undefined;
}

/** A map whose keys the author chooses, in file order; entries that cannot be read are left out. */
export function map<T>(what: string, of: Schema<T>, keys?: KeyForm): Schema<readonly MapItem<T>[]> {
  return {
    shape: { kind: "map", of: of.shape, keys: keys?.pattern.source ?? null },
    read: (node, report) => {
      if (node.kind !== "map") {
        report({
          code: "wrong-type",
          message: `Expected ${what}, found ${describeNode(node)}`,
          range: node.range,
        });
        return null;
      }
      const items: MapItem<T>[] = [];
      for (const { key, keyRange, value } of node.entries) {
        if (key.includes("${{")) {
          const message = `No expression is evaluated in a key: it stays "${key.slice(0, 80)}" in every run`;
          report({ code: "expression-not-allowed", message, range: keyRange });
          continue;
        }
        if (keys !== undefined && !keys.pattern.test(key)) {
          const mended = keys.mended(key);
          const isFree = node.entries.every((entry) => entry.key !== mended);
          const mend = mended !== undefined && isFree ? writeInstead(mended, keyRange) : {};
          report({ code: "invalid-id", message: keys.problem(key), range: keyRange, ...mend });
        }
        const read = of.read(value, report);
        if (read !== null) items.push({ key, keyRange, value: read });
      }
      return located(node, items);
    },
  };
}

/** A schema for each kind of YAML value; a kind without one is reported as not being `what`. */
export function either<S = never, L = never, M = never>(
  what: string,
  schemas: { readonly scalar?: Schema<S>; readonly list?: Schema<L>; readonly map?: Schema<M> },
): Schema<S | L | M> {
  const shapes: Shape[] = [schemas.scalar, schemas.list, schemas.map].flatMap((schema) =>
    schema === undefined ? [] : [schema.shape],
  );
  return {
    shape: { kind: "either", of: shapes },
    read: (node, report) => {
      const schema: Schema<S | L | M> | undefined = schemas[node.kind];
      if (schema !== undefined) return schema.read(node, report);
      report({
        code: "wrong-type",
        message: `Expected ${what}, found ${describeNode(node)}`,
        range: node.range,
      });
      return null;
    },
  };
}

/** Any YAML value, expressions included; what it must be depends on more than its place. */
export const anyValue: Schema<SyntaxNode> = {
  shape: { kind: "any" },
  read: (node, report) => {
    reportInexactNumbers(node, report);
    return located(node, node);
  },
};

/** A map of anything. */
export function valueMap(what: string, keys?: KeyForm): Schema<readonly MapItem<SyntaxNode>[]> {
  return map(what, anyValue, keys);
}

function isNothing(node: SyntaxNode): node is ScalarNode {
  return node.kind === "scalar" && node.value === null;
}

/** Of a list whose items name themselves, as other systems have it: here the name is a key. */
export function asKeys(node: SyntaxNode): string | null {
  if (node.kind !== "list") return null;
  const [first] = node.items;
  const named = NAMES.map((name) => entryOf(first, name)?.value).find((value) => value?.kind === "scalar");
  const name = named?.kind === "scalar" && /^\w+$/.test(named.text) ? named.text : "extract";
  return `Each has its name as a key, and there is no list: ${name}: { … }`;
}

const NAMES = ["id", "name", "task_id"] as const;

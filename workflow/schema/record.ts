import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import { describeNode, type MapEntry, type MapNode } from "../syntax/syntax-node.js";
import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { entryMeantBy, keyMeantBy } from "./aliases.js";
import {
  located,
  type DefaultValue,
  type KeyShape,
  type Located,
  type RecordRules,
  type Schema,
  type Support,
} from "./schema.js";

/** One key of a record: the schema of its value, and what it means. */
export interface Key<T> {
  readonly schema: Schema<T>;
  readonly doc: string;
  readonly required: boolean;
  readonly support: Support;
  readonly default: DefaultValue | undefined;
}

/** The value of a key, which also knows where the key itself stands. */
export interface Field<T> extends Located<T> {
  readonly keyRange: TextRange;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** What a record reads: every key may be absent, since a file may lack it or have it wrong. */
export type RecordValue<K extends Keys> = {
  readonly [Name in keyof K]?: Field<K[Name] extends Key<infer T> ? T : never>;
};

export interface KeyOptions {
  readonly required?: true;
  readonly support?: Support;
  /** What it means to leave the key out, as an author would write it. */
  readonly default?: DefaultValue;
}

/** A key of a record; `doc` is what a person reads of it, and the default is told after it. */
export function key<T>(schema: Schema<T>, doc: string, options: KeyOptions = {}): Key<T> {
  const { required = false, support = "full", default: fallback } = options;
  const told = fallback === undefined ? doc : `${doc} Default \`${fallback}\`.`;
  return { schema, doc: told, required, support, default: fallback };
}

/** A map with known keys. `what` names it in messages: "a step", "the trigger". What fits together is checked later. */
export function record<K extends Keys>(
  what: string,
  keys: K,
  rules: RecordRules | null = null,
): Schema<RecordValue<K>> {
  const shapes = Object.fromEntries(
    Object.entries(keys).map(
      ([name, { schema, doc, required, support, default: fallback }]): [string, KeyShape] => [
        name,
        {
          shape: schema.shape,
          doc,
          required,
          support,
          ...(fallback === undefined ? {} : { default: fallback }),
        },
      ],
    ),
  );
  const required = Object.keys(keys).filter((name) => keys[name]?.required);
  return {
    shape: { kind: "record", what, keys: shapes, rules },
    read: (node, report) => {
      if (node.kind !== "map") {
        const message = `Expected ${what} as a map of keys, found ${describeNode(node)}`;
        report({ code: "wrong-type", message, range: node.range });
        return null;
      }
      // The fields were read by the schemas of the very keys that the type is made of.
      return located(node, readFields(node, { what, keys, required, report }) as RecordValue<K>);
    },
  };
}

interface Reading {
  readonly what: string;
  readonly keys: Keys;
  /** Those of them that must be there. */
  readonly required: readonly string[];
  readonly report: Report;
}

function readFields(node: MapNode, reading: Reading): Record<string, Field<unknown>> {
  const { what, keys, required, report } = reading;
  const fields: Record<string, Field<unknown>> = {};
  for (const entry of node.entries) {
    const known = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
    if (known === undefined) {
      reportUnknownKey(entry, reading);
      continue;
    }
    reportSupport(known.support, entry, report);
    const value = known.schema.read(entry.value, report);
    if (value === null) continue;
    // Written out, since copying an object of unknown keys is slow, and this is done for every key of every file.
    fields[entry.key] = {
      value: value.value,
      node: value.node,
      range: value.range,
      keyRange: entry.keyRange,
    };
  }
  for (const name of required) {
    if (node.entries.some((entry) => entry.key === name)) continue;
    const range = firstKeyRange(node);
    report({
      code: "missing-key",
      message: `"${name}" is missing: ${what} must have it`,
      range,
      data: { key: name },
    });
  }
  return fields;
}

function reportUnknownKey(entry: MapEntry, { what, keys, report }: Reading): void {
  const { key: written, keyRange: range } = entry;
  const message = `Unknown key "${written}" in ${what}`;
  const entryMeant = entryMeantBy(entry, keys);
  if (entryMeant !== null) {
    const { fix } = writeInstead(entryMeant, { start: range.start, end: entry.value.range.end });
    report({ code: "unknown-key", message: `${message}. Here it is "${entryMeant}"`, range, fix });
    return;
  }
  const meant = keyMeantBy(written, keys);
  if (meant === null) {
    const near = suggestion(written, Object.keys(keys));
    const { nearest } = near.data;
    const mend = nearest === undefined ? {} : writeInstead(nearest, range);
    report({
      code: "unknown-key",
      message: message + near.text,
      range,
      ...mend,
      data: { key: written, ...near.data },
    });
    return;
  }
  const data = { key: written, nearest: meant };
  report({
    code: "unknown-key",
    message: `${message}. Here it is "${meant}"`,
    range,
    data,
    fix: writeInstead(meant, range).fix,
  });
}

function reportSupport(support: Support, entry: MapEntry, report: Report): void {
  if (support === "full") return;
  const message =
    support === "not-yet-supported"
      ? `"${entry.key}" belongs to the language, but this version of Headwater does not execute it yet`
      : `"${entry.key}" is accepted, but has no effect yet`;
  report({ code: support, message, range: entry.keyRange, data: { key: entry.key } });
}

/** A record may span a whole file, so what it lacks is reported at its first key. */
function firstKeyRange(node: MapNode): TextRange {
  return node.entries[0]?.keyRange ?? node.range;
}

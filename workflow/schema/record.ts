import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Finding, Report } from "../diagnostics/report.js";
import { describeNode, type MapEntry, type MapNode, type SyntaxNode } from "../syntax/syntax-node.js";
import {
  located,
  type DefaultValue,
  type KeyShape,
  type Located,
  type RecordRules,
  type Schema,
} from "./schema.js";
import { possibleKeys, unknownKey, type KnownKeys } from "./unknown-key.js";

/** One key of a record: the schema of its value, and what it means. */
export interface Key<T> {
  readonly schema: Schema<T>;
  readonly doc: string;
  readonly required: boolean;
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
  /** What it means to leave the key out, as an author would write it. */
  readonly default?: DefaultValue;
}

/** A key of a record; `doc` is what a person reads of it, and the default is told after it. */
export function key<T>(schema: Schema<T>, doc: string, options: KeyOptions = {}): Key<T> {
  const { required = false, default: fallback } = options;
  const told = fallback === undefined ? doc : `${doc} Default \`${fallback}\`.`;
  return { schema, doc: told, required, default: fallback };
}

/** A map with known keys. `what` names it in messages: "a step", "the trigger". What fits together is checked later. */
export function record<K extends Keys>(
  what: string,
  keys: K,
  rules: RecordRules | null = null,
): Schema<RecordValue<K>> {
  const shapes = Object.fromEntries(
    Object.entries(keys).map(([name, { schema, doc, required, default: fallback }]): [string, KeyShape] => [
      name,
      {
        shape: schema.shape,
        doc,
        required,
        ...(fallback === undefined ? {} : { default: fallback }),
      },
    ]),
  );
  const required = Object.keys(keys).filter((name) => keys[name]?.required);
  const byName = new Map(Object.entries(keys));
  return {
    shape: { kind: "record", what, keys: shapes, rules },
    read: (node, report) => {
      if (node.kind !== "map") {
        const message = `Expected ${what} as a map of keys, found ${describeNode(node)}`;
        report({ code: "wrong-type", message, range: node.range });
        return null;
      }
      const reading: Reading = { what, keys, byName, rules, required, report };
      const isAllKnown = node.entries.every((entry) => byName.has(entry.key));
      const meant = isAllKnown ? { node, guessed: null } : asMeant(node, reading);
      // The fields were read by the schemas of the very keys that the type is made of.
      return located(meant.node, readFields(meant, reading) as RecordValue<K>);
    },
  };
}

interface Reading extends KnownKeys {
  readonly keys: Keys;
  /** The same, for being asked of every key of every file. */
  readonly byName: ReadonlyMap<string, Key<unknown>>;
  /** Those of them that must be there. */
  readonly required: readonly string[];
  readonly report: Report;
}

/** A map with the keys that its author meant, and what was read under those that were written otherwise; null when none was. */
interface MeantMap {
  readonly node: MapNode;
  readonly guessed: ReadonlyMap<string, Located<unknown> | null> | null;
}

/**
 * Reports each unknown key and reads on as if the one that it stands for had been written: a misspelt `needs` still says what
 * the step needs, so that one mistake gives one finding.
 */
function asMeant(node: MapNode, { keys, report, ...known }: Reading): MeantMap {
  const taken = new Set(node.entries.map(({ key }) => key));
  const possible = possibleKeys(taken, { keys, ...known });
  const guessed = new Map<string, Located<unknown> | null>();
  const entries = node.entries.map((entry): MapEntry => {
    if (Object.hasOwn(keys, entry.key)) return entry;
    const { finding, meant } = unknownKey(entry, possible, { keys, ...known });
    report(finding);
    const guess = meant === null || taken.has(meant) ? undefined : keys[meant];
    if (meant === null || guess === undefined) return entry;
    taken.add(meant);
    guessed.set(meant, readGuess(guess.schema, entry.value, report));
    return { ...entry, key: meant };
  });
  return { node: { ...node, entries }, guessed };
}

/** Null when the value makes no sense for a key that was guessed; then nothing is said of it. */
function readGuess<T>(schema: Schema<T>, node: SyntaxNode, report: Report): Located<T> | null {
  const findings: Finding[] = [];
  const value = schema.read(node, (finding) => findings.push(finding));
  if (value !== null) for (const finding of findings) report(finding);
  return value;
}

function readFields({ node, guessed }: MeantMap, reading: Reading): Record<string, Field<unknown>> {
  const { what, byName, required, report } = reading;
  const fields: Record<string, Field<unknown>> = {};
  for (const entry of node.entries) {
    const known = byName.get(entry.key);
    if (known === undefined) continue;
    const guess = guessed?.get(entry.key);
    const value = guess === undefined ? known.schema.read(entry.value, report) : guess;
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

/** A record may span a whole file, so what it lacks is reported at its first key. */
function firstKeyRange(node: MapNode): TextRange {
  return node.entries[0]?.keyRange ?? node.range;
}

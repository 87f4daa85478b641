import type { TextRange } from "../diagnostics/diagnostic.js";

/** What an author gives a name to. */
export type SymbolKind =
  | "workflow"
  | "step"
  | "param"
  | "output"
  | "variable"
  | "template"
  | "input"
  | "signal"
  | "secret"
  | "permit"
  | "pool";

/** A thing that has a name, the same wherever it is spoken of: `step daily-revenue#load.copy`, `signal orders.ready`. */
export type SymbolKey = `${SymbolKind} ${string}`;

/** One place of one file at which a name stands. */
export interface Occurrence {
  readonly symbol: SymbolKey;
  readonly kind: SymbolKind;
  /** As written here. */
  readonly name: string;
  readonly range: TextRange;
  /** Whether the name is given here, or used. A signal has no definition: it is what is emitted. */
  readonly role: "definition" | "use";
  /** All that belongs to what is defined here, name included; absent for a use. */
  readonly whole?: TextRange;
}

/** A name and where it is written, quotes included. */
export interface WrittenName {
  readonly name: string;
  readonly range: TextRange;
}

/** Takes the occurrences of a file. */
export interface Notes {
  define(symbol: SymbolKey, written: WrittenName, whole?: TextRange): void;
  use(symbol: SymbolKey, written: WrittenName): void;
}

/** Notes of a text that are kept in the list. */
export function notesInto(occurrences: Occurrence[], text: string): Notes {
  const place = ({ name, range }: WrittenName): WrittenName => ({
    name,
    range: withoutQuotes(name, range, text),
  });
  return {
    define: (symbol, written, whole = written.range) =>
      occurrences.push({ symbol, kind: kindOf(symbol), ...place(written), role: "definition", whole }),
    use: (symbol, written) =>
      occurrences.push({ symbol, kind: kindOf(symbol), ...place(written), role: "use" }),
  };
}

/** Another name may be written in the same quotes. */
function withoutQuotes(name: string, range: TextRange, text: string): TextRange {
  const isQuoted = range.end - range.start === name.length + 2 && /["']/.test(text[range.start] ?? "");
  return isQuoted ? { start: range.start + 1, end: range.end - 1 } : range;
}

/**
 * The keys of symbols: made here only, so that two files that mean one thing agree. `workflow` is an id, or the path of the file
 * when it says none; `path` is that of steps, outer first: `load.copy`.
 */
export const symbolKey = {
  workflow: (id: string): SymbolKey => `workflow ${id}`,
  step: (workflow: string, path: string): SymbolKey => `step ${workflow}#${path}`,
  /** A param of a workflow, and what callers give under `with`. */
  param: (workflow: string, name: string): SymbolKey => `param ${workflow}.${name}`,
  /** What a workflow gives to a workflow that uses it as a step. */
  workflowOutput: (workflow: string, name: string): SymbolKey => `output ${workflow}.${name}`,
  templateOutput: (file: string, name: string): SymbolKey => `output ${file}.${name}`,
  stepOutput: (workflow: string, path: string, name: string): SymbolKey =>
    `output ${workflow}#${path}.${name}`,
  /** A variable of the loop that the step is. */
  variable: (workflow: string, path: string, name: string): SymbolKey =>
    `variable ${workflow}#${path}.${name}`,
  /** A name under `all` of a trigger. */
  joined: (workflow: string, name: string): SymbolKey => `variable ${workflow}.signals.${name}`,
  template: (file: string): SymbolKey => `template ${file}`,
  input: (templateFile: string, name: string): SymbolKey => `input ${templateFile}.${name}`,
  signal: (name: string): SymbolKey => `signal ${name}`,
  secret: (name: string): SymbolKey => `secret ${name}`,
  permit: (name: string): SymbolKey => `permit ${name}`,
  pool: (name: string): SymbolKey => `pool ${name}`,
} as const;

/** The kind that a key says. */
export function kindOf(symbol: SymbolKey): SymbolKind {
  // A key begins with its kind.
  return symbol.slice(0, symbol.indexOf(" ")) as SymbolKind;
}

import { parseTypedText, type Json, type ValueType } from "@headwater/workflow";

/** What a script wrote to `$HEADWATER_OUTPUT`. */
export interface WrittenOutputs {
  readonly outputs: Readonly<Record<string, Json>>;
  /** False when a line said `retryable=false`. */
  readonly retryable: boolean;
  /** Names that the step does not declare. */
  readonly undeclared: readonly string[];
  /** Malformed lines and values of the wrong type, in words. */
  readonly problems: readonly string[];
}

/** Of the whole file. */
export const MAX_OUTPUT_BYTES = 1024 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SHOWN_LENGTH_MAX = 60;

interface Entry {
  readonly name: string;
  readonly text: string;
}

/** Reads `name=value` lines and `name<<END` blocks; a name that comes twice keeps its last value. */
export function parseOutputs(text: string, declared: Readonly<Record<string, ValueType>>): WrittenOutputs {
  const { entries, problems } = readEntries(text);
  const outputs: Record<string, Json> = {};
  const undeclared = new Set<string>();
  let retryable = true;
  for (const { name, text: value } of entries) {
    const type = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (type !== undefined) {
      const parsed = parseTypedText(value, type);
      if (parsed.ok) outputs[name] = parsed.value;
      else problems.push(`output "${name}" ${parsed.problem}`);
    } else if (name === "retryable") {
      retryable = value.trim() !== "false";
    } else {
      undeclared.add(name);
    }
  }
  return { outputs, retryable, undeclared: [...undeclared], problems };
}

/** One entry and the line after it, or why there is none. */
type Step =
  | { readonly next: number; readonly entry: Entry }
  | { readonly next: number; readonly problem: string };

function readEntries(text: string): { readonly entries: readonly Entry[]; readonly problems: string[] } {
  const lines = text.split(/\r?\n/);
  const entries: Entry[] = [];
  const problems: string[] = [];
  for (let index = 0; index < lines.length;) {
    if (lines[index]?.trim() === "") {
      index += 1;
      continue;
    }
    const step = readEntry(lines, index);
    if ("entry" in step) entries.push(step.entry);
    else problems.push(step.problem);
    index = step.next;
  }
  return { entries, problems };
}

function readEntry(lines: readonly string[], index: number): Step {
  const line = lines[index] ?? "";
  const { name, operator, rest } = splitLine(line);
  const end = rest.trim();
  if (!NAME.test(name) || (operator === "<<" && end === "")) {
    const problem = `line ${index + 1} is not \`name=value\` or \`name<<END\`: "${shorten(line)}"`;
    return { next: index + 1, problem };
  }
  if (operator === "=") return { next: index + 1, entry: { name, text: rest } };
  const endIndex = lines.indexOf(end, index + 1);
  if (endIndex < 0) {
    const problem = `the block of "${name}" that begins in line ${index + 1} has no line "${shorten(end)}"`;
    return { next: lines.length, problem };
  }
  return { next: endIndex + 1, entry: { name, text: lines.slice(index + 1, endIndex).join("\n") } };
}

function splitLine(line: string): {
  readonly name: string;
  readonly operator: string;
  readonly rest: string;
} {
  const [, name = "", operator = "", rest = ""] = /^([^=<\s]*)(=|<<)(.*)$/su.exec(line) ?? [];
  return { name, operator, rest };
}

function shorten(text: string): string {
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

import { type Command, Option } from "commander";
import type { Io } from "./io.js";
import { styleFor, type Style } from "./style.js";

export const EXIT_OK = 0;
/** Findings, or a run that did not succeed. */
export const EXIT_FINDINGS = 1;
/** Wrong use, or something that could not be read or reached. */
export const EXIT_FAILURE = 2;
/** As a shell says it of what Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** What every command is given. */
export interface Context {
  readonly io: Io;
  /** For what goes to standard output. */
  readonly style: Style;
  /** Says how the command ended. */
  readonly exit: (code: number) => void;
}

export interface FormatOption {
  readonly format: "text" | "json";
}

/** A context whose style fits its output. */
export function createContext(io: Io, exit: (code: number) => void): Context {
  return { io, exit, style: styleFor(io.stdout, io.env) };
}

/** Adds `--format`. */
export function withFormat(command: Command): Command {
  return command.addOption(
    new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"),
  );
}

/** Prints a value for programs when they are who reads, otherwise what `text` makes of it for people. */
export function print<Value>(
  { io }: Context,
  value: Value,
  { format, text }: FormatOption & { readonly text: (value: Value) => string },
): void {
  io.stdout.write(format === "json" ? jsonText(value) : text(value));
}

/** A value as JSON in lines. The controls that JSON leaves as they are, but a terminal obeys, are written by their code points. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replaceAll(/[\u007f-\u009f\p{Cf}]/gu, (unseen) =>
    unseen.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
  return `${text}\n`;
}

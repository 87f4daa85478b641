import type { DiagnosticCode } from "../diagnostics/codes.js";
import type { Report } from "../diagnostics/report.js";
import { describeNode, type ScalarNode, type SyntaxNode } from "../syntax/syntax-node.js";
import { DURATION_PATTERN, durationMeantBy, parseDuration } from "../types/duration.js";
import { parseTimestamp } from "../types/instant.js";
import { describeLookAlike } from "../diagnostics/look-alikes.js";
import { sameStem, suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import { located, withPattern, type Schema, type Shape } from "./schema.js";

export interface TextOptions {
  /** What the text must match, and how a person would say that. */
  readonly pattern?: RegExp;
  readonly form?: string;
  readonly code?: DiagnosticCode;
  /** A text that matches and is near, for a mend; undefined when none is. */
  readonly mended?: (text: string) => string | undefined;
  /** The text may hold `${{ … }}`; elsewhere one is a finding, for it would stay text. */
  readonly expressions?: true;
  /** Whatever stands in it is for somebody else: prose, or code that a check of its own looks at. */
  readonly isOpaque?: true;
  readonly examples?: readonly string[];
}

/** Text; what YAML reads as a number, a truth value or a date is taken as written. */
export function text(what: string, options: TextOptions = {}): Schema<string> {
  const { pattern, form, expressions = false, isOpaque = false, examples = [] } = options;
  return {
    shape: {
      kind: "text",
      form: form ?? null,
      pattern: pattern?.source ?? null,
      expressions,
      examples,
      ...(isOpaque ? { isOpaque } : {}),
    },
    read: (node, report) => {
      const scalar =
        expressions || isOpaque ? scalarOf(what, node, report) : plainScalarOf(what, node, report);
      if (scalar === null) return null;
      if (pattern !== undefined && !pattern.test(scalar.text)) {
        reportForm(scalar, { what, ...options }, report);
      }
      return located(node, scalar.text);
    },
  };
}

function reportForm(
  { text: written, range }: ScalarNode,
  { what, form, code = "invalid-value", mended }: TextOptions & { readonly what: string },
  report: Report,
): void {
  const meant = mended?.(written);
  const reason = (mended === undefined ? null : describeLookAlike(written)) ?? form;
  const offer = meant === undefined ? "" : `. Write "${meant}"`;
  const message = `"${shortened(written)}" is not ${what}${reason === undefined ? "" : `: ${reason}`}${offer}`;
  report({ code, message, range, ...(meant === undefined ? {} : writeInstead(meant, range)) });
}

/** One of a few words. */
export function choice<const C extends string>(what: string, choices: readonly C[]): Schema<C> {
  return {
    shape: { kind: "choice", choices },
    read: (node, report) => {
      const scalar = plainScalarOf(what, node, report);
      if (scalar === null) return null;
      const chosen = choices.find((candidate) => candidate === scalar.text);
      if (chosen !== undefined) return located(node, chosen);
      const near = nearChoice(scalar.text, choices);
      const hint = near.text === "" ? `. Use one of ${choices.join(", ")}` : near.text;
      const message = `"${shortened(scalar.text)}" is not ${what}${hint}`;
      report({ code: "unknown-value", message, range: node.range, data: near.data });
      return null;
    },
  };
}

/** What other systems, and other versions of YAML, write for it: the nearest name may mean the opposite. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  yes: "on",
  true: "on",
  enabled: "on",
  no: "off",
  false: "off",
  disabled: "off",
  all_success: "all_succeeded",
  one_success: "any_succeeded",
  none_failed: "any_succeeded",
  none_failed_min_one_success: "any_succeeded",
  one_failed: "any_failed",
  all_done: "all_finished",
  always: "all_finished",
  all: "all_succeeded",
  any: "any_succeeded",
  constant: "fixed",
  linear: "fixed",
};

function nearChoice(written: string, choices: readonly string[]): ReturnType<typeof suggestion> {
  const same = Object.hasOwn(ELSEWHERE, written) ? ELSEWHERE[written] : undefined;
  if (same !== undefined && choices.includes(same))
    return { text: `. Here it is "${same}"`, data: { nearest: same } };
  const near = suggestion(written, choices);
  const meant = near.text === "" ? sameStem(written, choices) : null;
  return meant === null ? near : { text: `. Did you mean "${meant}"?`, data: { nearest: meant } };
}

export interface NumberOptions {
  readonly integer?: true;
  readonly min?: number;
  readonly max?: number;
}

/** A number within limits. */
export function number(what: string, options: NumberOptions = {}): Schema<number> {
  const { min = -Infinity, max = Infinity, integer = false } = options;
  return {
    shape: { kind: "number", integer, min: options.min ?? null, max: options.max ?? null },
    read: (node, report) => {
      if (reportExpression(what, node, report)) return null;
      const value = node.kind === "scalar" ? node.value : null;
      if (typeof value !== "number" || !Number.isFinite(value)) {
        report({
          code: "wrong-type",
          message: `Expected ${what}, found ${describeNode(node)}`,
          range: node.range,
        });
        return null;
      }
      if (value >= min && value <= max && (!integer || Number.isSafeInteger(value)))
        return located(node, value);
      const kind = integer ? "a whole number" : "a number";
      const message = `${value} is not ${what}: ${kind}${limits(options)}`;
      report({ code: "invalid-value", message, range: node.range });
      return null;
    },
  };
}

/** `true` or `false`. */
export function truth(what: string): Schema<boolean> {
  return {
    shape: { kind: "boolean" },
    read: (node, report) => {
      if (node.kind === "scalar" && typeof node.value === "boolean") return located(node, node.value);
      if (reportExpression(what, node, report)) return null;
      report({
        code: "wrong-type",
        message: `Expected ${what}: true or false, found ${describeNode(node)}`,
        range: node.range,
      });
      return null;
    },
  };
}

/** A duration, read to milliseconds. */
export function duration(what: string): Schema<number> {
  return parsed(what, parseDuration, {
    form: "a number and a unit, such as 90s, 30m, 1h30m, 2d",
    pattern: DURATION_PATTERN,
    meantBy: durationMeantBy,
    examples: ["90s", "30m", "1h30m", "2d"],
  });
}

/** A duration that is longer than nothing, read to milliseconds. */
export function positiveDuration(what: string): Schema<number> {
  const any = duration(what);
  return {
    shape: withPattern(any, new RegExp(`^(?=.*[1-9])${DURATION_PATTERN.source.slice(1)}`)).shape,
    read: (node, report) => {
      const read = any.read(node, report);
      if (read?.value !== 0) return read;
      const message = `${what.charAt(0).toUpperCase()}${what.slice(1)} is longer than 0: nothing is done in no time`;
      report({ code: "invalid-value", message, range: node.range });
      return null;
    },
  };
}

/** A date (midnight UTC) or an RFC 3339 timestamp, read to epoch milliseconds. */
export function instant(what: string): Schema<number> {
  return parsed(what, parseTimestamp, {
    form: "a date such as 2026-01-31 or a time such as 2026-01-31T06:00:00Z",
    pattern: /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/,
    examples: ["2026-01-31", "2026-01-31T06:00:00Z"],
  });
}

/** A percentage, read to a share from 0 to 1. */
export function percentage(what: string): Schema<number> {
  return parsed(what, parsePercentage, {
    form: "a percentage from 0% to 100%, such as 25%",
    pattern: /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/,
    examples: ["25%"],
  });
}

/** One CEL expression that is a condition, with or without its braces. */
export function expression(what: string): Schema<string> {
  return {
    shape: { kind: "expression" },
    read: (node, report) => {
      const scalar = scalarOf(what, node, report);
      if (scalar === null) return null;
      if (typeof scalar.value === "number")
        report({ code: "wrong-type", message: noCondition(scalar), range: node.range });
      // A loop stays one, with its variables.
      return located(node, scalar.text);
    },
  };
}

/** Of shells and templates people know 1 and 0 as truth values. */
function noCondition({ text: written, value }: ScalarNode): string {
  const advice =
    value === 1 || value === 0
      ? `write ${value === 1 ? "true" : "false"}`
      : `write what is compared with it, such as run.attempt < ${written}`;
  return `A condition is true or false, and ${shortened(written)} is a number: ${advice}`;
}

/** The shape of a text that may be written as a number as well, within limits. */
export function textOrNumber(
  text: Shape,
  { min, max }: { readonly min: number; readonly max: number },
): Shape {
  const written: Shape = text.kind === "text" ? { ...text, isTextOnly: true } : text;
  return { kind: "either", of: [written, { kind: "number", integer: false, min, max }] };
}

export interface FormOptions {
  /** How a person would say it. */
  readonly form: string;
  /** What every text of the form matches; some that match may still be refused. */
  readonly pattern: RegExp;
  readonly examples: readonly string[];
  readonly code?: DiagnosticCode;
  /** What is written here for a text of another form; null where that is not clear. */
  readonly meantBy?: (text: string) => string | null;
}

/** A text of a form that a function reads; null from it is reported as not having the form. */
export function parsed<T>(
  what: string,
  parse: (written: string) => T | null,
  { form, pattern, examples, code = "invalid-value", meantBy }: FormOptions,
): Schema<T> {
  return {
    shape: { kind: "text", form, pattern: pattern.source, expressions: false, examples },
    read: (node, report) => {
      const scalar = plainScalarOf(what, node, report);
      if (scalar === null) return null;
      const value = parse(scalar.text);
      if (value !== null) return located(node, value);
      const meant = meantBy?.(scalar.text) ?? null;
      const message = `"${shortened(scalar.text)}" is not ${what}${meant === null ? `: write ${form}` : `. Here it is "${meant}"`}`;
      report({
        code,
        message,
        range: node.range,
        ...(meant === null ? {} : writeInstead(meant, node.range)),
      });
      return null;
    },
  };
}

/** The node when it is one value, which is not nothing; otherwise a finding says what was expected. */
export function scalarOf(what: string, node: SyntaxNode, report: Report): ScalarNode | null {
  if (node.kind === "scalar" && node.value !== null) return node;
  report({ code: "wrong-type", message: `Expected ${what}, found ${describeNode(node)}`, range: node.range });
  return null;
}

/** The same where no expression is evaluated: one would stay text, which nobody means. */
export function plainScalarOf(what: string, node: SyntaxNode, report: Report): ScalarNode | null {
  return reportExpression(what, node, report) ? null : scalarOf(what, node, report);
}

function reportExpression(what: string, node: SyntaxNode, report: Report): boolean {
  if (node.kind !== "scalar" || !node.text.includes("${{")) return false;
  const message = `No expression is evaluated here: ${what} is read when the file is compiled, and stays the same in every run`;
  report({ code: "expression-not-allowed", message, range: node.range });
  return true;
}

function parsePercentage(written: string): number | null {
  const share = /^\d{1,3}(\.\d+)?%$/.test(written) ? Number(written.slice(0, -1)) / 100 : 2;
  return share <= 1 ? share : null;
}

function limits({ min, max }: NumberOptions): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min !== undefined ? ` of at least ${min}` : max !== undefined ? ` of at most ${max}` : "";
}

/** A text as a message quotes it. */
export function shortened(written: string): string {
  return written.length > 80 ? `${written.slice(0, 79)}…` : written;
}

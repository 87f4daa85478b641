import type { ParseResult } from "@marcbachmann/cel-js";
import { Optional } from "@marcbachmann/cel-js";
import type { ValueTemplate } from "../definition/value-template.js";
import type { Json } from "../types/json.js";
import { createTimeZones } from "../types/time-zones.js";
import { createEnvironment } from "./cel-environment.js";
import type { CelValue, Scope } from "./cel-value.js";
import { celText, fromCelValue } from "./cel-value.js";
import { evaluationMessage } from "./evaluation-message.js";
import { withLoopValue } from "./loop-name.js";
import { Meter } from "./meter.js";
import { meterEvaluation } from "./metered-evaluation.js";
import { parseExpression } from "./parse-expression.js";
import { createPatternMatcher } from "./pattern-matcher.js";

const PROGRAMS_MAX = 1000;

export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** Evaluates expressions within a budget of steps and size. Keeps the programs and patterns it met last, nothing else. */
export interface Evaluator {
  evaluate(source: string, scope: Scope): Evaluated<CelValue>;
  /** The value that a template stands for: expressions evaluated, those inside text written as text. */
  resolveValue(template: ValueTemplate, scope: Scope): Evaluated<Json>;
  /** An expression that must give a bool. */
  condition(source: string, scope: Scope): Evaluated<boolean>;
}

/** One evaluator serves any number of scopes, one evaluation at a time. */
export function createEvaluator(): Evaluator {
  const meter = new Meter();
  const host = {
    meter,
    scope: {} as Scope,
    zones: createTimeZones(),
    matches: createPatternMatcher(meter),
  };
  const environment = createEnvironment(host, "all");
  const programs = new Map<string, Evaluated<ParseResult>>();

  function programOf(source: string): Evaluated<ParseResult> {
    const known = programs.get(source);
    if (known !== undefined) programs.delete(source);
    const program = known ?? compile(source);
    programs.set(source, program);
    const [oldest] = programs.keys();
    if (programs.size > PROGRAMS_MAX && oldest !== undefined) programs.delete(oldest);
    return program;
  }

  function compile(source: string): Evaluated<ParseResult> {
    const parsed = parseExpression(source, environment);
    if (!parsed.ok) return { ok: false, message: parsed.problems[0]?.message ?? "Expression cannot be read" };
    meterEvaluation(parsed.root, meter);
    return { ok: true, value: parsed.program };
  }

  function evaluate(source: string, scope: Scope): Evaluated<CelValue> {
    const program = programOf(source);
    if (!program.ok) return program;
    meter.restart();
    host.scope = scope;
    try {
      const value: unknown = program.value(withLoopValue(source, scope));
      const plain = withoutOptional(value);
      meter.checkResult(plain);
      return { ok: true, value: plain };
    } catch (error) {
      return { ok: false, message: evaluationMessage(error) };
    }
  }

  return {
    evaluate,
    condition: (source, scope) => asCondition(evaluate(source, scope)),
    resolveValue: (template, scope) => resolve(template, (source) => evaluate(source, scope)),
  };
}

type EvaluateSource = (source: string) => Evaluated<CelValue>;

function resolve(template: ValueTemplate, evaluate: EvaluateSource): Evaluated<Json> {
  switch (template.kind) {
    case "literal":
      return { ok: true, value: template.value };
    case "expression":
      return mapped(evaluate(template.source), fromCelValue);
    case "text":
      return mapped(
        allOf(template.parts, (part) => textOf(part, evaluate)),
        (texts) => texts.join(""),
      );
    case "list":
      return allOf(template.items, (item) => resolve(item, evaluate));
    case "map": {
      const keys = Object.keys(template.entries);
      const values = allOf(Object.values(template.entries), (entry) => resolve(entry, evaluate));
      return mapped(values, (list) => Object.fromEntries(list.map((value, at) => [keys[at] ?? "", value])));
    }
  }
}

function textOf(part: string | { readonly source: string }, evaluate: EvaluateSource): Evaluated<string> {
  return typeof part === "string" ? { ok: true, value: part } : mapped(evaluate(part.source), celText);
}

function allOf<T, U>(items: readonly T[], one: (item: T) => Evaluated<U>): Evaluated<readonly U[]> {
  const values: U[] = [];
  for (const item of items) {
    const result = one(item);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return { ok: true, value: values };
}

function mapped<T, U>(result: Evaluated<T>, map: (value: T) => U): Evaluated<U> {
  return result.ok ? { ok: true, value: map(result.value) } : result;
}

function asCondition(result: Evaluated<CelValue>): Evaluated<boolean> {
  if (!result.ok) return result;
  if (typeof result.value === "boolean") return { ok: true, value: result.value };
  const shown = celText(result.value).slice(0, 60);
  return { ok: false, message: `Condition must give a bool, gave "${shown}"` };
}

function withoutOptional(value: unknown): CelValue {
  const plain: unknown = value instanceof Optional ? value.or(Optional.of(null)).value() : value;
  // The library computes with the values of the scope and of our functions, all CelValues; the subset keeps out the rest.
  return plain as CelValue;
}

import { Optional, ParseError, type ASTNode, type Environment } from "@marcbachmann/cel-js";
import { FunctionError } from "./functions/function-definition.js";

/**
 * Registers CEL's `optMap` and `optFlatMap`, which the library has not: what an expression gives for the value of an optional,
 * evaluated only where there is one. The library takes macros from outside; what it hands them its types leave out, so it is
 * declared here. The version is pinned, and the tests of both fail if it changes.
 */
export function registerOptionalMacros(environment: Environment): void {
  for (const name of ["optMap", "optFlatMap"] as const)
    environment.registerFunction(`optional.${name}(ast, ast): optional<dyn>`, (call: MacroCall) =>
      createMacro(name, call),
    );
}

interface MacroCall {
  readonly receiver: ASTNode;
  readonly args: readonly [variable: ASTNode, body: ASTNode];
}

interface Macro {
  readonly async: false;
  typeCheck(checker: LibraryChecker, macro: unknown, context: Context): LibraryType;
  evaluate(evaluator: LibraryEvaluator, macro: unknown, context: Context): Optional;
}

interface LibraryType {
  readonly kind: string;
  readonly name: string;
  readonly valueType?: LibraryType;
}

interface LibraryChecker {
  readonly dynType: LibraryType;
  readonly optionalType: LibraryType;
  readonly registry: { getOptionalType(of: LibraryType): LibraryType };
  check(node: ASTNode, context: Context): LibraryType;
  createError(code: string, message: string, node: ASTNode): Error;
}

interface LibraryEvaluator {
  run(node: ASTNode, context: Context): unknown;
}

/** The names that an expression may use. */
interface Context {
  forkWithVariable(name: string, type: LibraryType): VariableContext;
}

/** Those around, and one more. */
interface VariableContext extends Context {
  reuse(around: Context): VariableContext;
  setIterValue(value: unknown, evaluator: LibraryEvaluator): VariableContext;
}

function createMacro(name: "optMap" | "optFlatMap", { receiver, args: [variable, body] }: MacroCall): Macro {
  const variableName = nameOf(variable, name);
  const isOfOptional = `Only an optional has ${name}(), such as steps.x.outputs.?rows.${name}(rows, …)`;
  const givesOptional = "What optFlatMap() gives must be an optional; for any other value it is optMap()";
  // The library checks every expression once before it evaluates it.
  let inside: VariableContext | undefined;

  function optionalTypeOf(checker: LibraryChecker, node: ASTNode, context: Context): LibraryType {
    const type = checker.check(node, context);
    if (type.kind === "dyn") return checker.optionalType;
    if (type.kind === "optional") return type;
    const problem = node === receiver ? isOfOptional : givesOptional;
    throw checker.createError("optional_expected", `${problem}. This is ${type.name}`, node);
  }

  return {
    async: false,
    typeCheck(checker, _macro, context) {
      const { valueType } = optionalTypeOf(checker, receiver, context);
      // Of what `optional.none()` would hold nothing is known.
      const isKnown = valueType !== undefined && valueType.kind !== "param";
      inside = context.forkWithVariable(variableName, isKnown ? valueType : checker.dynType);
      if (name === "optFlatMap") return optionalTypeOf(checker, body, inside);
      return checker.registry.getOptionalType(checker.check(body, inside));
    },
    evaluate(evaluator, _macro, context) {
      const optional = asOptional(evaluator.run(receiver, context), isOfOptional);
      if (inside === undefined || !optional.hasValue()) return Optional.none();
      const value = evaluator.run(body, inside.reuse(context).setIterValue(optional.value(), evaluator));
      return name === "optMap" ? Optional.of(value) : asOptional(value, givesOptional);
    },
  };
}

function nameOf(variable: ASTNode, name: string): string {
  if (variable.op === "id") return variable.args;
  const message = `The value has a name in ${name}(): write x.${name}(value, …)`;
  throw new ParseError({ code: "invalid_macro_argument", message, node: variable });
}

function asOptional(value: unknown, problem: string): Optional {
  if (value instanceof Optional) return value;
  throw new FunctionError(problem);
}

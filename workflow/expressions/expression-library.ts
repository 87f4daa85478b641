import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import type { CheckedExpression } from "./checked-expression.js";
import { createTimeZones } from "../types/time-zones.js";
import { createEnvironment } from "./cel-environment.js";
import { createEvaluator, type Evaluator } from "./evaluate.js";
import { libraryName } from "./loop-name.js";
import { Meter } from "./meter.js";
import { createPatternMatcher } from "./pattern-matcher.js";
import { celTypeName, type MemberType, type ScopeType, type TypeScope } from "./type-scope.js";

/**
 * The CEL library as checkers share it. Telling it our functions takes milliseconds, and so does telling it the names
 * of a scope, for it makes a class of every record; so the functions are told once, and names only where it must be.
 */
export interface ExpressionLibrary {
  /** Knows our functions and no names. */
  functions(): Environment;
  /** Knows the names of a scope too. Dear. */
  names(scope: TypeScope): Environment;
  /**
   * What was found of the expressions that were checked last with just these names, by their source; from now on `checked` is that. So
   * whoever writes in a file checks what is other than before.
   */
  recall(
    scope: TypeScope,
    checked: Map<string, CheckedExpression>,
  ): ReadonlyMap<string, CheckedExpression> | undefined;
  /** For parts of expressions that hold no names. */
  readonly evaluator: () => Evaluator;
  /** Says of what type a part of an expression is, so that the library does not look for the names in it. */
  declareType(node: ASTNode, type: MemberType): void;
}

/** As many as some files have that are written in turn. */
const SCOPES_MAX = 64;

/** A library with nothing told yet; what is dear is made when it is first asked for. */
export function createExpressionLibrary(): ExpressionLibrary {
  const base = once(createBase);
  const functions = once(() => base().clone());
  // At most as many as the language has types.
  const declarations = new Map<string, unknown>();
  const checkedLast = new Map<string, Map<string, CheckedExpression>>();

  function declarationOf(typeName: string): unknown {
    const known = declarations.get(typeName);
    if (known !== undefined) return known;
    const name = `type${declarations.size}`;
    const program = functions().registerVariable(name, typeName).parse(name);
    program.check();
    const declaration = typed(program.ast).checkedType;
    declarations.set(typeName, declaration);
    return declaration;
  }

  return {
    functions,
    recall(scope, checked) {
      const names = JSON.stringify(scope);
      const before = checkedLast.get(names);
      const [oldest] = checkedLast.keys();
      if (before !== undefined) checkedLast.delete(names);
      else if (checkedLast.size >= SCOPES_MAX && oldest !== undefined) checkedLast.delete(oldest);
      checkedLast.set(names, checked);
      return before;
    },
    evaluator: once(createEvaluator),
    names: (scope) => withNames(base().clone(), scope),
    declareType: (node, type) => {
      typed(node).checkedType = declarationOf(celTypeName(type));
    },
  };
}

function createBase(): Environment {
  const meter = new Meter();
  const host = { meter, scope: {}, zones: createTimeZones(), matches: createPatternMatcher(meter) };
  return createEnvironment(host, "declared");
}

function withNames(environment: Environment, scope: TypeScope): Environment {
  for (const [written, type] of namable(scope)) {
    const name = libraryName(written);
    if (type.name === "record") environment.registerVariable({ name, schema: schemaOf(type.fields) });
    else environment.registerVariable(name, celTypeName(type));
  }
  return environment;
}

/** Without what cannot be named in an expression, such as a step whose id is wrong: the library throws at it. */
function namable(types: TypeScope): readonly (readonly [string, ScopeType])[] {
  return Object.entries(types).filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
}

interface Schema {
  readonly [name: string]: string | Schema;
}

function schemaOf(fields: Readonly<Record<string, ScopeType>>): Schema {
  return Object.fromEntries(
    namable(fields).map(([name, type]) => [
      name,
      type.name === "record" ? schemaOf(type.fields) : celTypeName(type),
    ]),
  );
}

/**
 * The library notes the type of a node that it has checked, and checks none that has its type. That is not documented;
 * the version is pinned, and the tests of types fail if it changes.
 */
interface TypedNode {
  checkedType?: unknown;
}

/**
 * The library's name of the type that it has found a node to be of; null for what it has not checked, as it does not look into
 * `has()`. Of what is in a map there, the map tells.
 */
export function inferredType(node: ASTNode): string | null {
  return declaredType(node)?.name ?? null;
}

interface Declaration {
  readonly name: string;
  readonly kind: string;
  readonly valueType?: Declaration;
}

function declaredType(node: ASTNode): Declaration | undefined {
  // The library's own form; see above.
  const known = typed(node).checkedType as Declaration | undefined;
  if (known !== undefined || (node.op !== "." && node.op !== "[]")) return withoutOptional(known);
  const owner = declaredType(node.args[0]);
  return owner?.kind === "map" ? withoutOptional(owner.valueType) : undefined;
}

function withoutOptional(type: Declaration | undefined): Declaration | undefined {
  return type?.kind === "optional" ? type.valueType : type;
}

function typed(node: ASTNode): TypedNode {
  // The library's types leave `checkedType` out; see above.
  return node as TypedNode;
}

/** Makes it when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

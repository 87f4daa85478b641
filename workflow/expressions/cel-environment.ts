import { Environment } from "@marcbachmann/cel-js";
import type { CelValue } from "./cel-value.js";
import type { FunctionDefinition, FunctionHost } from "./functions/function-definition.js";
import { EXPRESSION_FUNCTIONS } from "./functions/expression-functions.js";
import { ownNameOf } from "./functions/own-names.js";
import { registerOptionalMacros } from "./optional-macros.js";

const LIMITS = {
  maxAstNodes: 2000,
  maxDepth: 48,
  maxListElements: 1000,
  maxMapEntries: 1000,
  maxCallArguments: 8,
} as const;

/** The CEL library with our limits and our functions; `names` says whether every name is known or only declared ones. */
export function createEnvironment(host: FunctionHost, names: "all" | "declared"): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: names === "all",
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: LIMITS,
  });
  for (const definition of EXPRESSION_FUNCTIONS) register(environment, definition, host);
  registerOptionalMacros(environment);
  // An evaluation asks the values themselves.
  const nullable = names === "declared" ? NULLABLE : [];
  for (const type of nullable) environment.registerOperator(`${type} == null: bool`, () => false);
  return environment;
}

/**
 * What a loop leaves is null for an iteration that left nothing, so values of these types may be asked whether they are. By that the
 * library takes `!=` for known too, and both the other way round.
 */
const NULLABLE: readonly string[] =
  "int double string bool list map google.protobuf.Timestamp google.protobuf.Duration".split(" ");

function register(environment: Environment, definition: FunctionDefinition, host: FunctionHost): void {
  for (const { signature, evaluate } of definition.overloads) {
    const handler = (...args: readonly CelValue[]): CelValue => evaluate(args, host);
    environment.registerFunction(celSignature(signature, definition.name), handler, { async: false });
  }
}

function celSignature(signature: string, name: string): string {
  const call = signature.indexOf("(");
  const renamed = signature.slice(0, call - name.length) + ownNameOf(name) + signature.slice(call);
  return renamed
    .replace(/\btimestamp\b(?!\()/g, "google.protobuf.Timestamp")
    .replace(/\bduration\b(?!\()/g, "google.protobuf.Duration");
}

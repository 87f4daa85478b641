import type { ParamDefinition } from "../definition/definition.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { ExpressionLibrary } from "../expressions/expression-library.js";
import type { MapItem } from "../schema/collections.js";
import type { SyntaxNode } from "../syntax/syntax-node.js";
import { whyUnfit } from "./unfit-value.js";

/** What a run is started with: by a step that runs its workflow, or by a trigger. */
export type GivenParams = readonly MapItem<SyntaxNode>[];

/** What is given and does not exist, with the name that was most likely meant. */
export interface UnknownParam {
  readonly name: string;
  readonly range: TextRange;
  /** Of the names that are not given too. */
  readonly near: ReturnType<typeof suggestion>;
}

/** The given that there are no params of. */
export function unknownParams(
  params: readonly ParamDefinition[],
  given: GivenParams,
): readonly UnknownParam[] {
  const known = new Set(params.map(({ name }) => name));
  const keys = new Set(given.map(({ key }) => key));
  const free = [...known].filter((name) => !keys.has(name));
  return given.flatMap(({ key: name, keyRange: range }) =>
    known.has(name) ? [] : [{ name, range, near: suggestion(name, free) }],
  );
}

/**
 * The params without a default that are not given, quoted for a message: `"day", "limit"`; null when all are there. One that
 * is only misspelt is told of as that.
 */
export function missingParams(params: readonly ParamDefinition[], given: GivenParams): string | null {
  const names = new Set(given.map(({ key }) => key));
  for (const { near } of unknownParams(params, given)) names.add(near.data["nearest"] ?? "");
  const missing = params.filter((param) => param.default === undefined && !names.has(param.name));
  return missing.length === 0 ? null : missing.map(({ name }) => `"${name}"`).join(", ");
}

/** A value that its param does not take, whatever the run, and why: its type, its options, its limits. */
export interface WrongParam {
  readonly name: string;
  readonly problem: string;
  readonly range: TextRange;
}

/** The given values that their params do not take; the types of expressions are checked where all expressions are. */
export function wrongParams(
  params: readonly ParamDefinition[],
  given: GivenParams,
  library: ExpressionLibrary,
): readonly WrongParam[] {
  return given.flatMap(({ key, value }) => {
    const param = params.find(({ name }) => name === key);
    const problem = param === undefined ? null : whyUnfit(value.node, param, library);
    return problem === null ? [] : [{ name: key, problem, range: value.range }];
  });
}

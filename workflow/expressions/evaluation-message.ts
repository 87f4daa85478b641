import { EvaluationError } from "@marcbachmann/cel-js";
import { withPublicNames } from "./functions/own-names.js";
import { inOurWords } from "./library-words.js";
import { withWrittenLoop } from "./loop-name.js";
import { adviseOnTypes } from "./type-advice.js";

const LONGEST = 500;

/** Why an expression has no value, in the words of an author: the library speaks of overloads and of its own types. */
export function evaluationMessage(error: unknown): string {
  const message =
    error instanceof EvaluationError
      ? error.summary
      : error instanceof Error
        ? error.message
        : "Expression cannot be evaluated";
  const text = withPublicNames(withWrittenLoop(message))
    .replaceAll("google.protobuf.Timestamp", "timestamp")
    .replaceAll("google.protobuf.Duration", "duration")
    .replaceAll(/dyn<([^<>]*)>/g, "$1");
  return (unfitOperator(text) ?? inOurWords(text)).slice(0, LONGEST);
}

function unfitOperator(text: string): string | null {
  const [, operation] = /^no such overload: (.*)$/.exec(text) ?? [];
  if (operation === undefined) return null;
  const problem = `Operator does not fit: ${operation}`;
  const hasNull = operation.split(" ").includes("null");
  return hasNull ? `${problem}. Ask for null first: x == null ? 0 : x` : problem + adviseOnTypes(problem);
}

import { FAILED, SUCCEEDED } from "../cel-value.js";
import type { CelValue } from "../cel-value.js";
import type { FunctionDefinition, FunctionHost } from "./function-definition.js";
import { FunctionError } from "./function-definition.js";

export const SUCCEEDED_FUNCTION: FunctionDefinition = {
  name: "succeeded",
  doc: "Whether every step that this step needs has succeeded.",
  example: "succeeded()",
  overloads: [{ signature: "succeeded(): bool", evaluate: (_args, host) => statusOf(host, SUCCEEDED) }],
};

export const FAILED_FUNCTION: FunctionDefinition = {
  name: "failed",
  doc: "Whether a step that this step needs has failed.",
  example: "failed()",
  overloads: [{ signature: "failed(): bool", evaluate: (_args, host) => statusOf(host, FAILED) }],
};

function statusOf(host: FunctionHost, name: string): CelValue {
  const value = host.scope[name];
  if (typeof value === "boolean") return value;
  throw new FunctionError("succeeded() and failed() are known only where a step has needs: in its if");
}

import type { StepPlugin } from "../step-plugin.js";

/** The module is no plug-in. */
export class PluginError extends Error {
  readonly code = "plugin-unusable";
  readonly retryable = false;
}

/** What a loaded module executes steps with. @throws PluginError */
export function findExecute(loaded: unknown, path: string): StepPlugin["execute"] {
  for (const exported of [loaded, memberOf(loaded, "default")]) {
    const execute = memberOf(exported, "execute");
    // Whatever it answers is checked as outputs are.
    if (typeof execute === "function") return execute.bind(exported) as StepPlugin["execute"];
  }
  throw new PluginError(`Cannot use plug-in "${path}": it exports no function "execute"`);
}

/** False when the plug-in says so of its error. */
export function isRetryable(error: unknown): boolean {
  return memberOf(error, "retryable") !== false;
}

/** One line. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error && error.message !== "" ? error.message : String(error);
  return message.replaceAll(/\s*\n\s*/g, " ").trim();
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

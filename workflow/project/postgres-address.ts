import { portProblem } from "../checks/http-address.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import type { Finding } from "../diagnostics/report.js";

/** What may follow the `?`, as `server/steps/postgres/host/server-address.ts` reads it. */
const OPTIONS: readonly string[] = ["host", "sslmode", "sslrootcert", "options"];
const SSL_MODES: readonly string[] = ["disable", "require", "verify-ca", "verify-full"];

type Problem = Pick<Finding, "code" | "message" | "data"> & {
  /** Offsets in the address. */
  readonly start: number;
  readonly end: number;
};

/** What no server would be reached by in `postgres://user@host:port/database?option=value`: its port and its options. */
export function postgresAddressProblems(url: string): readonly Problem[] {
  const problems: Problem[] = [];
  const [, before = "", port = ""] =
    /^([^/]*\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*):)([^/?#]+)/.exec(url) ?? [];
  const message = portProblem(port);
  if (message !== null) {
    problems.push({ code: "invalid-value", message, start: before.length, end: before.length + port.length });
  }
  const query = url.indexOf("?");
  if (query < 0) return problems;
  for (const { 0: option, index } of url
    .slice(query + 1)
    .split("#", 1)[0]
    ?.matchAll(/[^&]+/g) ?? []) {
    const problem = optionProblem(option, query + 1 + index);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

function optionProblem(option: string, start: number): Problem | null {
  const [name = "", value = ""] = option.split(/=(.*)/s);
  // What is escaped is left to the service.
  if (option.includes("%")) return null;
  if (!OPTIONS.includes(name)) {
    const message = `An address has no "${name.slice(0, 80)}": possible are ${OPTIONS.join(", ")}`;
    return unknown(name, { message, known: OPTIONS, start });
  }
  if (name !== "sslmode" || SSL_MODES.includes(value)) return null;
  const message = `"${value.slice(0, 80)}" is no sslmode: write ${SSL_MODES.slice(0, -1).join(", ")} or ${SSL_MODES.at(-1)}`;
  return unknown(value, { message, known: SSL_MODES, start: start + "sslmode=".length });
}

function unknown(
  written: string,
  {
    message,
    known,
    start,
  }: { readonly message: string; readonly known: readonly string[]; readonly start: number },
): Problem {
  const near = suggestion(written, known);
  const end = start + Math.max(1, written.length);
  return { code: "unknown-value", message: message + near.text, data: near.data, start, end };
}

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { formatOutputs } from "./format-outputs.js";
import { findExecute, isRetryable, reasonOf } from "./plugin-module.js";

/** The process of one attempt of a plug-in: `main.js <module> <file of inputs>`. The file may hold secrets, and is gone once it is read. */
const [modulePath = "", inputsFile = ""] = process.argv.slice(2);
const outputFile = process.env["HEADWATER_OUTPUT"] ?? "";
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

try {
  // Written by the service, as an object.
  const inputs = JSON.parse(readFileSync(inputsFile, "utf8")) as Parameters<
    ReturnType<typeof findExecute>
  >[0]["inputs"];
  rmSync(inputsFile);
  const loaded: unknown = await import(pathToFileURL(modulePath).href);
  const outputs = await findExecute(loaded, modulePath)({ inputs, signal: stopping.signal });
  writeFileSync(outputFile, formatOutputs(outputs ?? {}));
  process.exitCode = 0;
} catch (error) {
  if (!isRetryable(error)) writeFileSync(outputFile, "retryable=false\n");
  // The last line that it says is the reason of the step.
  process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : ""}\n${reasonOf(error)}\n`);
  process.exitCode = 1;
}
// What it has left open must not keep the attempt alive.
process.exit();

import { readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { formatOutputs } from "./format-outputs.js";
import { findExecute, isRetryable, reasonOf } from "./plugin-module.js";

/**
 * The process of one attempt of a plug-in: `main.js <URL or name of the module> <folder from which a name is found> <file of inputs>`.
 * The file may hold secrets, and is gone once it is read.
 */
const [specifier = "", folder = "", inputsFile = ""] = process.argv.slice(2);
const outputFile = process.env["HEADWATER_OUTPUT"] ?? "";
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
// Source: https://nodejs.org/api/process.html#exit-codes, of an `await` that nothing can end any more.
process.once("exit", (code) => {
  if (code !== 0 || process.exitCode !== 13) return;
  writeSync(
    2,
    'its "execute" never ends: its promise is pending, and nothing is left that could settle it\n',
  );
  process.exitCode = 1;
});

try {
  // Written by the service, as an object.
  const inputs = JSON.parse(readFileSync(inputsFile, "utf8")) as Parameters<
    ReturnType<typeof findExecute>
  >[0]["inputs"];
  rmSync(inputsFile);
  const loaded: unknown = await import(folder === "" ? specifier : urlOf(specifier, folder));
  const outputs = await findExecute(loaded, specifier)({ inputs, signal: stopping.signal });
  writeFileSync(outputFile, formatOutputs(outputs ?? {}));
  process.exitCode = 0;
} catch (error) {
  if (!isRetryable(error)) writeFileSync(outputFile, "retryable=false\n");
  // The last line that it says is the reason of the step.
  process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : ""}\n${reasonOf(error)}\n`);
  process.exitCode = 1;
}
/** As if a file of the folder had imported it. @throws what Node.js says of a package that does not lead to it */
function urlOf(name: string, from: string): string {
  return import.meta.resolve(name, pathToFileURL(join(from, "package.json")));
}

// What it has left open must not keep the attempt alive.
process.exit();

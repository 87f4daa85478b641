import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/** By then the first findings are told, and nobody waits. */
const KEPT_AFTER_MS = 5000;
const SUM_BYTES = 32;

/**
 * Executes a file that is a script, as what V8 has compiled of it before, where that was kept. It is executed as it is, so it is kept where the
 * code itself is, and in no folder that others may write to; where it cannot be written, all is compiled each time.
 */
export function runBundle(url) {
  // Threads that help to copy a few megabytes cost more than they do, and where others work they are waited for. What is kept is of these flags.
  setFlagsFromString("--no-parallel-scavenge");
  // The bundler writes no other characters than those of ASCII, which are read in a moment.
  const source = readFileSync(url, "latin1");
  const file = new URL(`compiled/${process.version}-${process.arch}`, url);
  const cachedData = readCompiled(file, source);
  const filename = fileURLToPath(url);
  const script = new Script(`(function (require, bundleUrl) {${source}\n})`, {
    filename,
    ...(cachedData && { cachedData }),
  });
  script.runInThisContext()(createRequire(url), url.href);
  if (cachedData !== undefined && !script.cachedDataRejected) return;
  const keep = () => keepCompiled(fileURLToPath(file), source, script.createCachedData());
  const waiting = setTimeout(() => {
    process.off("exit", keep);
    keep();
  }, KEPT_AFTER_MS);
  waiting.unref();
  process.once("exit", keep);
}

function readCompiled(file, source) {
  try {
    const kept = readFileSync(file);
    const code = kept.subarray(SUM_BYTES);
    return kept.subarray(0, SUM_BYTES).equals(sumOf(source, code)) ? code : undefined;
  } catch {
    // There is none yet, or nobody may read it.
    return undefined;
  }
}

/** Of both: V8 compares no more of the source than its length, and takes what is damaged as it is. */
function sumOf(source, code) {
  return createHash("sha256").update(source, "latin1").update(code).digest();
}

/** Whoever starts meanwhile reads a whole file: it is put in place at once, when it is on the disk. */
function keepCompiled(file, source, code) {
  const written = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(written, Buffer.concat([sumOf(source, code), code]), { flush: true });
    renameSync(written, file);
  } catch {
    // It is compiled each time, then.
  }
}

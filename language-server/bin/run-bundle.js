import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/** By then the first findings are told, and nobody waits. */
const KEPT_AFTER_MS = 5000;
/** What says of which bundle the compiled code is; V8 itself compares no more than its length. */
const STAMP_BYTES = 64;

/**
 * Executes a file that is a script, as what V8 has compiled of it before, where that was kept. It is executed as it is, so it is kept where the
 * code itself is, and in no folder that others may write to; where it cannot be written, all is compiled each time.
 */
export function runBundle(url) {
  // Threads that help to copy a few megabytes cost more than they do, and where others work they are waited for. What is kept is of these flags.
  setFlagsFromString("--no-parallel-scavenge");
  const { source, stamp } = readBundle(url);
  const file = new URL(`compiled/${process.version}-${process.arch}`, url);
  const cachedData = readCompiled(file, stamp);
  const filename = fileURLToPath(url);
  const script = new Script(`(function (require, bundleUrl) {${source}\n})`, {
    filename,
    ...(cachedData && { cachedData }),
  });
  script.runInThisContext()(createRequire(url), url.href);
  if (cachedData !== undefined && !script.cachedDataRejected) return;
  const keep = () => keepCompiled(fileURLToPath(file), stamp, script.createCachedData());
  const waiting = setTimeout(() => {
    process.off("exit", keep);
    keep();
  }, KEPT_AFTER_MS);
  waiting.unref();
  process.once("exit", keep);
}

/** The bundler writes no other characters than those of ASCII, which are read in a moment. */
function readBundle(url) {
  const opened = openSync(url);
  try {
    const { mtimeMs, size } = fstatSync(opened);
    return { source: readFileSync(opened, "latin1"), stamp: `${mtimeMs} ${size}`.padEnd(STAMP_BYTES) };
  } finally {
    closeSync(opened);
  }
}

function readCompiled(file, stamp) {
  try {
    const kept = readFileSync(file);
    return kept.toString("latin1", 0, STAMP_BYTES) === stamp ? kept.subarray(STAMP_BYTES) : undefined;
  } catch {
    // There is none yet, or nobody may read it.
    return undefined;
  }
}

/** Whoever starts meanwhile reads a whole file: it is put in place at once, when it is on the disk. */
function keepCompiled(file, stamp, code) {
  const written = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(written, Buffer.concat([Buffer.from(stamp, "latin1"), code]), { flush: true });
    renameSync(written, file);
  } catch {
    // It is compiled each time, then.
  }
}

import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./usage-error.js";

/**
 * Gives a file another content, keeping its mode: whoever reads it, whatever happens, sees the old or the new one whole.
 * @param id names the file beside it that is written first
 * @throws UsageError when it cannot be written; it is as it was then
 */
export function replaceFile(path: string, text: string, id: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${id}`);
  try {
    const { mode } = statSync(path);
    writeFileSync(beside, text, { flag: "wx" });
    chmodSync(beside, mode);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot write "${path}": ${why}`, { cause });
  }
}

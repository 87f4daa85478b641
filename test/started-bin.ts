import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** By path from the root, when a file was written: in seconds from an hour ago on. */
export type WrittenFiles = Readonly<Record<string, number>>;

/** The path of the file that a bin, named by its path from the root, starts from in a tree of such files. */
export function startedFrom(bin: string, files: WrittenFiles): string {
  return startIn(bin, files, (path) => execFileSync(process.execPath, [path], { encoding: "utf8" }));
}

/** Each of those files says, when it is started, which one it is; a module also answers `main`. */
export function startIn<Result>(bin: string, files: WrittenFiles, start: (bin: string) => Result): Result {
  const tree = mkdtempSync(join(tmpdir(), "headwater-bin-"));
  try {
    for (const path of [dirname(bin), "scripts/fresh-bundle.mjs"])
      cpSync(join(ROOT, path), join(tree, path), { recursive: true });
    writeFileSync(join(tree, "package.json"), '{ "type": "module" }');
    const hourAgo = Date.now() / 1000 - 3600;
    for (const [path, seconds] of Object.entries(files)) {
      const file = join(tree, path);
      mkdirSync(dirname(file), { recursive: true });
      const main = path.endsWith(".js") ? "export function main() { return 0; }\n" : "";
      writeFileSync(file, `process.stdout.write(${JSON.stringify(path)});\n${main}`);
      utimesSync(file, hourAgo + seconds, hourAgo + seconds);
    }
    return start(join(tree, bin));
  } finally {
    rmSync(tree, { recursive: true });
  }
}

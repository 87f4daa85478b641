import { stat } from "node:fs/promises";
import { resolve, sep } from "node:path";

/** A folder in which a step may start, or why not. */
export type WorkingFolder =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly message: string };

/** A folder of the tree, and nowhere else. */
export async function workingFolder(tree: string, relative: string | null): Promise<WorkingFolder> {
  if (relative === null) return { ok: true, path: tree };
  const path = resolve(tree, relative);
  const refuse = (state: string): WorkingFolder => ({
    ok: false,
    message: `Cannot use working_directory "${relative}": ${state}`,
  });
  if (path !== tree && !path.startsWith(tree + sep)) return refuse("it leads out of the repository");
  const found = await stat(path).catch(() => null);
  if (found === null) return refuse("the repository has no such folder at this commit");
  return found.isDirectory() ? { ok: true, path } : refuse("it is a file");
}

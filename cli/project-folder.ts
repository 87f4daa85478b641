import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { SourceTree } from "@headwater/workflow";
import { listCloneFiles } from "./checkout/list-clone-files.js";
import { frugalHeap } from "./frugal-heap.js";
import type { Io } from "./io.js";
import { UsageError } from "./usage-error.js";

/** A project on disk, and which of its files are meant. */
export interface ProjectFolder {
  /** Absolute. */
  readonly root: string;
  readonly tree: SourceTree;
  /** Whether a path of the tree is one of those that were asked for. */
  readonly isSelected: (path: string) => boolean;
  /** Whether the whole project was asked for, by its root. */
  readonly isWhole: boolean;
}

/** What the root of a project holds. */
export const SETTINGS_FILE = "headwater.yaml";
const SKIPPED_FOLDERS: readonly string[] = [".git", ".headwater", "node_modules"];
const FILES_MAX = 100_000;

/**
 * Opens the projects that hold the given paths; none given means the current folder's. A project's root is the nearest
 * folder upwards with a `headwater.yaml`, or the folder itself. @throws UsageError when a path does not exist or cannot be read
 */
export function openProjects(
  paths: readonly string[],
  { cwd, env }: Pick<Io, "cwd" | "env">,
): readonly ProjectFolder[] {
  frugalHeap();
  const wanted = paths.length === 0 ? [cwd] : paths.map((path) => existing(path, cwd));
  const roots = [...new Set(wanted.map((path) => rootOf(path)))];
  return roots.map((root) =>
    openProject(root, {
      selected: paths.length === 0 ? [root] : wanted.filter((path) => rootOf(path) === root),
      env,
    }),
  );
}

/** The absolute path of what is there. @param advice what to say when nothing is @throws UsageError then */
export function existing(path: string, cwd: string, advice: () => string = () => ""): string {
  const absolute = resolve(cwd, path);
  if (existsSync(absolute)) return absolute;
  throw new UsageError(`Cannot read "${path}": there is no such file or folder${advice()}`);
}

/** The root of the project that a file or folder belongs to: absolute, as `path` must be. */
export function rootOf(path: string): string {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, SETTINGS_FILE))) return at;
    if (at === dirname(at)) return folder;
  }
}

function openProject(
  root: string,
  { selected, env }: { readonly selected: readonly string[]; readonly env: Io["env"] },
): ProjectFolder {
  const prefixes = selected.map((path) => slashed(relative(root, path)));
  return {
    root,
    tree: readTree(root, env),
    isWhole: prefixes.includes(""),
    isSelected: (path) =>
      prefixes.some((prefix) => prefix === "" || path === prefix || path.startsWith(`${prefix}/`)),
  };
}

function readTree(root: string, env: Io["env"]): SourceTree {
  const paths = listFiles(root, env).toSorted();
  const known = new Set(paths);
  const contents = new Map<string, Uint8Array>();
  function read(path: string): Uint8Array | undefined {
    if (!known.has(path)) return undefined;
    const bytes = contents.get(path) ?? readBytes(join(root, path));
    contents.set(path, bytes);
    return bytes;
  }
  return {
    paths,
    read,
    // The bytes themselves are a name that is equal for equal bytes; nothing here outlives one command.
    contentId: (path) => {
      const bytes = read(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
    },
    isExecutable: (path) => (known.has(path) ? isExecutable(join(root, path)) : undefined),
  };
}

/** Whether the file has its executable bit; undefined on Windows, which has none. */
export function isExecutable(path: string): boolean | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  return sep === "\\" || mode === undefined ? undefined : (mode & 0o100) !== 0;
}

/** The bytes of a file. @throws UsageError when they cannot be read */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** As the service will see them: without what Git ignores, where there is a clone. Links are not followed: they may lead out of it, or round in circles. */
function listFiles(root: string, env: Io["env"]): readonly string[] {
  const cloned = listCloneFiles(root, env);
  const files = cloned === null ? walk(root) : cloned.filter((path) => isOwnFile(root, path));
  if (files.length <= FILES_MAX) return files;
  throw new UsageError(
    `Cannot read "${root}": it has more than ${FILES_MAX} files. Is it a project? It has no ${SETTINGS_FILE}`,
  );
}

/** What is deleted but not committed is listed too, and so are submodules. */
function isOwnFile(root: string, path: string): boolean {
  if (path.split("/").some((name) => SKIPPED_FOLDERS.includes(name))) return false;
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true;
}

function walk(root: string): readonly string[] {
  const files: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(slashed(relative(root, path)));
      if (entry.isDirectory() && !SKIPPED_FOLDERS.includes(entry.name)) folders.push(path);
    }
    if (files.length > FILES_MAX) break;
  }
  return files;
}

function entriesOf(folder: string): readonly { name: string; isFile(): boolean; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function unreadable(path: string, cause: unknown): UsageError {
  return new UsageError(`Cannot read "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}

/** A path as the compiler writes it: with `/`. */
export function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}

/** Folders in which no file is the project's own. */
export const FOREIGN_FOLDERS: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** Whether an address is in such a folder, or is one: what happens there is nobody's edit, and there is much of it. */
export function isForeign(uri: string): boolean {
  return uri.split("/").some((segment) => FOREIGN_FOLDERS.has(segment));
}

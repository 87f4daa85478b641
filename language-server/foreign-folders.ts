/** Folders in which no file is the project's own. */
export const FOREIGN_FOLDERS: ReadonlySet<string> = new Set([".git", ".headwater", "node_modules"]);

/** The file that makes a folder an environment of Python: of all that is in there only this one is listed. */
export const ENVIRONMENT_FILE = "pyvenv.cfg";

/** Whether an address is in a folder of others, or is one: what happens there is nobody's edit, and there is much of it. */
export function isForeign(uri: string, isThere: (uri: string) => boolean): boolean {
  const segments = uri.split("/");
  return segments.some((segment, index) => {
    const folder = segments.slice(0, index).join("/");
    return FOREIGN_FOLDERS.has(segment) || isThere(`${folder}/${ENVIRONMENT_FILE}`);
  });
}

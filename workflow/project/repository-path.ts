/**
 * The path in the repository that a file names: `./` and `../` are read from the file's own folder, all else from the
 * repository's root. Null when it leads out of the repository.
 */
export function resolvePath(named: string, fromFile: string): string | null {
  const isRelative = named.startsWith("./") || named.startsWith("../");
  const segments = isRelative ? fromFile.split("/").slice(0, -1) : [];
  for (const segment of named.split("/")) {
    if (segment === "." || segment === "") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.length === 0 || named.startsWith("/") ? null : segments.join("/");
}

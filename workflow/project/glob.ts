/**
 * Whether a path matches a pattern: `**` stands for any folders, `*` for any part of a name, `?` for one letter. A pattern that names a
 * folder matches what is in it. Time is at most path times pattern, whatever the pattern.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  // What nearly all projects say, asked for every file of the repository.
  if (pattern === "**") return true;
  const segments = pattern
    .replace(/^\.?\//, "")
    .replace(/\/$/, "")
    .split("/");
  const names = path.split("/");
  const isEqual = (name: string, segment: string) => matchesName(name, segment);
  return matchesWild(names, segments, isEqual) || matchesWild(names, [...segments, "**"], isEqual);
}

function matchesName(name: string, segment: string): boolean {
  const parts = segment.split("").map((letter) => (letter === "*" ? "**" : letter));
  return matchesWild(name.split(""), parts, (letter, part) => part === "?" || part === letter);
}

/** Matching with one wildcard, `**`, for any number of items: on a mismatch only the last wildcard takes one more. */
function matchesWild(
  items: readonly string[],
  pattern: readonly string[],
  isEqual: (item: string, part: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let wildAt = -1;
  let retryFrom = 0;
  while (at < items.length) {
    const part = pattern[next];
    if (part === "**") {
      wildAt = next;
      retryFrom = at;
      next += 1;
    } else if (part !== undefined && isEqual(items[at] ?? "", part)) {
      at += 1;
      next += 1;
    } else if (wildAt >= 0) {
      retryFrom += 1;
      at = retryFrom;
      next = wildAt + 1;
    } else return false;
  }
  return pattern.slice(next).every((part) => part === "**");
}

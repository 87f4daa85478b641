/** What the kernel and SQLite say of a disk that takes nothing more. Source: errno(3), https://www.sqlite.org/rescode.html */
const FAILURES: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: full,
  SQLITE_FULL: full,
  EDQUOT: (path) =>
    `the disk quota of the service's user is used up where "${path}" is: free some space, or have it raised`,
  EROFS: (path) =>
    `the disk that holds "${path}" is mounted read-only: look at the system log, then mount it to be written`,
};

/** In words for an operator why nothing can be written at `path`; null when the disk is not the matter. */
export function explainDiskFailure(error: unknown, path: string): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return FAILURES[String(error.code)]?.(path) ?? null;
}

function full(path: string): string {
  return `the disk that holds "${path}" is full: free some space`;
}

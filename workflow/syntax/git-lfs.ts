/** A pointer is never longer. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const POINTER_BYTES_MAX = 1024;
const BEGINNING = "version https://git-lfs.github.com/spec/";

/** Whether a file is what Git has in the place of one that Git LFS keeps elsewhere. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  if (bytes.length > POINTER_BYTES_MAX) return false;
  for (let index = 0; index < BEGINNING.length; index += 1) {
    if (bytes[index] !== BEGINNING.charCodeAt(index)) return false;
  }
  return true;
}

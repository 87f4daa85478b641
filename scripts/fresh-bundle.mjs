import { statSync } from "node:fs";

/**
 * Whether a bundle is there and the compiler has written nothing since it was begun into the folders that it is made of, by the file that
 * it touches whenever it writes there. Each is a URL. Epoch milliseconds are compared; in an image of a container, where times are whole seconds,
 * both are often the same.
 */
export function isFresh(bundle, folders) {
  const madeAt = timeOf(bundle);
  return (
    madeAt !== undefined &&
    folders.every((folder) => (timeOf(new URL("tsconfig.tsbuildinfo", folder)) ?? 0) <= madeAt)
  );
}

function timeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

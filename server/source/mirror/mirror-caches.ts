import { ContentCache } from "../git/content-cache.js";
import type { CommitFiles } from "./commit-files.js";
import type { TreeEntry } from "./tree-object.js";
import type { TreeListing } from "./tree-listing.js";

const MAX_BYTES = 128 * 1024 * 1024;
/** Of each of the caches of names; one takes some 200 bytes. */
const MAX_NAMES = 200_000;

/** What mirrors have read lately; all of them share it. */
export interface MirrorCaches {
  /** By blob id. */
  readonly blobs: ContentCache<Uint8Array>;
  /** By tree id. */
  readonly trees: ContentCache<readonly TreeEntry[]>;
  /** What the compiler is told of, by commit. */
  readonly files: ContentCache<CommitFiles>;
  /** What working copies are made of, by commit. */
  readonly listings: ContentCache<TreeListing>;
}

/** Empty ones. */
export function createMirrorCaches(): MirrorCaches {
  return {
    blobs: new ContentCache({ maxSize: MAX_BYTES, sizeOf: ({ length }) => length }),
    trees: new ContentCache({ maxSize: MAX_NAMES, sizeOf: ({ length }) => length + 1 }),
    files: new ContentCache({ maxSize: MAX_NAMES, sizeOf: ({ paths }) => paths.length + 1 }),
    listings: new ContentCache({ maxSize: MAX_NAMES, sizeOf: ({ files }) => files.length + 1 }),
  };
}

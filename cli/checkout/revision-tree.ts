import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileKind, type SourceTree } from "@headwater/workflow";
import { isExecutable } from "../project-folder.js";
import { UsageError } from "../usage-error.js";
import type { BlobStore } from "./blob-store.js";
import type { Checkout } from "./checkout.js";
import type { Revision } from "./revision.js";

/** Where the content of a file is: in Git, or changed on disk. */
type FilePlace = ({ readonly blobId: string } | { readonly bytes: Buffer }) & {
  readonly isExecutable: boolean | undefined;
};

/** The project's files at a revision. Those that the compiler always asks for are read at once, others when they are asked for. */
export function readRevision(revision: Revision, checkout: Checkout, blobs: BlobStore): SourceTree {
  const files = filesAt(revision, checkout);
  const wanted = [...files].flatMap(([path, place]) =>
    "blobId" in place && isAlwaysRead(path) ? [place.blobId] : [],
  );
  blobs.fetch(wanted);
  return {
    paths: [...files.keys()].sort(),
    contentId(path) {
      const place = files.get(path);
      if (place === undefined) return undefined;
      // The bytes themselves are a name that is equal for equal bytes; nothing here outlives one command.
      return "blobId" in place ? place.blobId : `bytes ${place.bytes.toString("latin1")}`;
    },
    read(path) {
      const place = files.get(path);
      if (place === undefined) return undefined;
      return "bytes" in place ? place.bytes : blobs.read(place.blobId, path);
    },
    isExecutable: (path) => files.get(path)?.isExecutable,
  };
}

function isAlwaysRead(path: string): boolean {
  return fileKind(path) !== null || path.endsWith(".sql");
}

function filesAt(revision: Revision, checkout: Checkout): ReadonlyMap<string, FilePlace> {
  switch (revision.kind) {
    case "commit":
      return committedFiles(revision.commit, checkout);
    case "working-tree":
      return workingFiles(checkout);
    case "nothing":
      return new Map();
  }
}

function committedFiles(commit: string, { git, prefix }: Checkout): ReadonlyMap<string, FilePlace> {
  const tree = prefix === "" ? `${commit}^{tree}` : `${commit}:${prefix}`;
  // The project may be younger than the commit.
  if (git.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", tree]) === null) return new Map();
  const listing = git.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree]).toString();
  return new Map(entriesOf(listing, /^(\d{6}) blob ([0-9a-f]+)\t(.*)$/s));
}

/** What git follows, as it is on disk, and what is new there and not ignored. */
function workingFiles({ git, root }: Checkout): ReadonlyMap<string, FilePlace> {
  const list = (...args: readonly string[]): string => git.run(["ls-files", "-z", ...args]).toString();
  const files = new Map<string, FilePlace>(entriesOf(list("--stage"), /^(\d{6}) ([0-9a-f]+) \d\t(.*)$/s));
  const touched = [...list("--modified").split("\0"), ...list("--others", "--exclude-standard").split("\0")];
  for (const path of touched.filter((path) => path !== "")) {
    const bytes = readFromDisk(join(root, path));
    if (bytes === null) files.delete(path);
    else files.set(path, { bytes, isExecutable: isExecutable(join(root, path)) });
  }
  return files;
}

/** Links and submodules are no files of the project. */
function entriesOf(listing: string, form: RegExp): readonly (readonly [path: string, place: FilePlace])[] {
  return listing.split("\0").flatMap((line) => {
    const [, mode = "", blobId = "", path = ""] = form.exec(line) ?? [];
    return mode.startsWith("100") ? [[path, { blobId, isExecutable: mode === "100755" }] as const] : [];
  });
}

/** Null for what is gone, or is no plain file. */
function readFromDisk(path: string): Buffer | null {
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : null;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new UsageError(`Cannot read "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

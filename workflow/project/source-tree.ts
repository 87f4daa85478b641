/** The files of a repository at one commit, as the compiler reads them: in memory, synchronous, never the disk. */
export interface SourceTree {
  /** Every path that the project may refer to, with `/`, sorted. */
  readonly paths: readonly string[];
  /** A name of the content, equal for equal bytes (a Git blob id); undefined when there is no such file. */
  contentId(path: string): string | undefined;
  /** The bytes; undefined when there is no such file. */
  read(path: string): Uint8Array | undefined;
  /** Whether a file has its executable bit; undefined, as where this is left out, when nobody knows. */
  isExecutable?(path: string): boolean | undefined;
  /** Names all of it, equal for equal paths, contents and modes (a Git tree id); left out where nobody has such a name. */
  readonly state?: string;
  /** What is other than at an earlier state: the paths of files that have come or gone, or have another content or mode. */
  readonly since?: { readonly state: string; readonly changed: ReadonlySet<string> };
  /** What is there and yet is none of `paths`, with the reason in words, such as `it is a symbolic link`. */
  readonly leftOut?: ReadonlyMap<string, string>;
}

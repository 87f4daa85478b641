import type { Io } from "../io.js";
import { UsageError } from "../usage-error.js";
import { createGit } from "./git.js";

/**
 * The paths below a folder of a clone that are in it or may come into it: what `.gitignore` leaves out is not there for the
 * service either. Null when there is no clone to ask, or the folder itself is left out of it. A path may be of no file.
 */
export function listCloneFiles(folder: string, env: Io["env"]): readonly string[] | null {
  try {
    const git = createGit(folder, env);
    if (git.ask(["rev-parse", "--is-inside-work-tree"]) !== "true") return null;
    if (git.ask(["check-ignore", "--quiet", "."]) !== null) return null;
    const listed = git.run(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).toString();
    return [...new Set(listed.split("\0").filter((path) => path !== ""))];
  } catch (error) {
    // Without git, or in a clone that it does not trust, the folder is read as any other.
    if (error instanceof UsageError) return null;
    throw error;
  }
}

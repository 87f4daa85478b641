import { lastLine } from "../remote/remote-failure.js";
import { NO_ACCESS, type GitAccess } from "./git-environment.js";
import { GitError } from "./git-error.js";
import type { Git } from "./git.js";

/** Whose signatures count. */
export interface SignersOptions {
  /** A file of `ssh-keygen`: who signs with which ssh keys. */
  readonly allowedSignersFile?: string | null;
  /** A folder of GnuPG: the keys in it, all of them, are known. */
  readonly gnupgFolder?: string | null;
}

const NOWHERE = "/nonexistent";

/**
 * What git is told to check a signature by; null when the service knows nobody. The keyring of the service's user never counts.
 * Source: https://git-scm.com/docs/git-config (gpg.ssh.allowedSignersFile), gpg(1) (GNUPGHOME)
 */
export function signersAccess({
  allowedSignersFile = null,
  gnupgFolder = null,
}: SignersOptions): GitAccess | null {
  if (allowedSignersFile === null && gnupgFolder === null) return null;
  return {
    ...NO_ACCESS,
    settings: [["gpg.ssh.allowedSignersFile", allowedSignersFile ?? NOWHERE]],
    variables: { GNUPGHOME: gnupgFolder ?? NOWHERE },
  };
}

/** Why nobody of the signers has signed the commit, which is signed; null when somebody has. @throws GitError */
export async function verifyCommit(
  commit: string,
  signers: GitAccess,
  { git, gitFolder }: { readonly git: Git; readonly gitFolder: string },
): Promise<string | null> {
  try {
    await git.run(["verify-commit", commit], { gitFolder, access: signers });
    return null;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return `its signature is of nobody whom the service knows, or is broken: ${lastLine(error.output)}`;
  }
}

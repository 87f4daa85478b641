import { NO_ACCESS, type GitAccess } from "./git-environment.js";

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

import { ServiceError } from "../../errors.js";
import { GitError } from "../git/git-error.js";

const NO_REPOSITORY = "there is no Git repository that the service's user can see: look at the URL";

const NO_ANSWER = "the host does not answer";

/** What git says when the other side (or the disk) is the matter, and how we say it. Looked for in this order. */
const FAILURES: readonly (readonly [said: RegExp, reason: string])[] = [
  [/No space left on device/i, "the disk of the data folder is full"],
  [/Could not resolve host/i, "the host's name cannot be resolved"],
  [/Connection refused|Failed to connect|Couldn't connect/i, "the host does not accept the connection"],
  [/timed out|Operation too slow|Timeout was reached/i, NO_ANSWER],
  [/No route to host|Network is unreachable/i, "the network does not reach the host"],
  [
    /Host key verification failed/i,
    "the host's ssh key is not known: add it to the known_hosts of the service's user",
  ],
  [/SSL certificate|certificate verify|SSL peer/i, "the host's certificate is not trusted"],
  [
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|returned error: 40[13]/i,
    "access is denied: the repository may be private, or may not exist. Give a token or a key in the file of HEADWATER_GIT_CREDENTIALS_FILE, or use an ssh URL with a key of the service's user",
  ],
  [/dubious ownership/i, "the folder belongs to another user than the service's"],
  [
    /does not appear to be a git repository|invalid gitfile format|not a git repository|repository .*not found|returned error: 404|does not exist|No such file or directory/i,
    NO_REPOSITORY,
  ],
  [/transport '.*' not allowed/i, "its protocol is not allowed"],
  [
    /Could not read from remote repository|hung up unexpectedly|early EOF|RPC failed|unable to access|returned error: 5\d\d|Connection (?:reset|closed)|unexpected disconnect/i,
    "the host broke the connection off",
  ],
];

/** The other side answers, and has no repository there, or shows none. */
export function saysNoRepository(output: string): boolean {
  return explainRemoteFailure(output) === NO_REPOSITORY;
}

/** Whether a host could not be read because it kept git waiting: not what refuses, breaks off or is our own matter. */
export function isSilentHost(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.code === "repository-unreachable" &&
    error.cause instanceof GitError &&
    explainRemoteFailure(error.cause.output) === NO_ANSWER
  );
}

/** In words why the other side could not be read; null when git's words speak of something else, such as our mirror. */
export function explainRemoteFailure(output: string): string | null {
  return FAILURES.find(([said]) => said.test(output))?.[1] ?? null;
}

/** Whether git speaks of the other side, which may also have lost a branch since it was asked, and not of the mirror. */
export function isOfOtherSide(output: string): boolean {
  return explainRemoteFailure(output) !== null || /couldn't find remote ref/.test(output);
}

/** The last line of what git said, without the progress that it wrote over, for a failure we have no better words for. A URL's user and password are taken out. */
export function lastLine(output: string): string {
  const lines = output.split(/[\r\n]/).filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "git said nothing")
    .trim()
    .slice(0, 300)
    .replaceAll(/:\/\/[^/@\s]+@/g, "://");
}

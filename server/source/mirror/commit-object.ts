/** What people see of a commit. */
export interface CommitDescription {
  readonly author: string;
  /** Who put it on the branch: of a merge on a Git host often that host. */
  readonly committer: string;
  readonly subject: string;
  readonly committedAt: number;
}

/** What a commit says of itself. Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export interface CommitObject extends CommitDescription {
  readonly treeId: string;
  /** The commits before it; none of the first one. */
  readonly parents: readonly string[];
  readonly isSigned: boolean;
}

/** Name, address, seconds since 1970 and time zone. */
const PERSON = /^([^<]*)<[^>]*>\s*(-?\d+)?/;

/** Reads a commit as git keeps it. Always a best effort: anybody can write one that is odd. */
export function parseCommit(content: Buffer): CommitObject {
  const text = decode(content, /^encoding (.+)$/m.exec(headOf(content.toString("latin1")))?.[1]);
  const head = headOf(text);
  const [, author = ""] = PERSON.exec(headerOf(head, "author")) ?? [];
  const [, committer = "", seconds = "0"] = PERSON.exec(headerOf(head, "committer")) ?? [];
  return {
    treeId: headerOf(head, "tree"),
    parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => id),
    isSigned: headerOf(head, "gpgsig(?:-sha256)?") !== "",
    author: author.trim(),
    committer: committer.trim(),
    subject: subjectOf(text.slice(head.length)),
    committedAt: Number(seconds) * 1000,
  };
}

function headOf(text: string): string {
  const end = text.indexOf("\n\n");
  return end === -1 ? text : text.slice(0, end);
}

/** A line of the head: lines of a signature or a tag within it begin with a space. */
function headerOf(head: string, name: string): string {
  return new RegExp(`^${name} (.*)$`, "m").exec(head)?.[1] ?? "";
}

/** The first paragraph in one line, as `git log --format=%s` has it. */
function subjectOf(message: string): string {
  const lines = message.split("\n").map((line) => line.trimEnd());
  const start = lines.findIndex((line) => line !== "");
  const end = lines.indexOf("", start);
  return start === -1 ? "" : lines.slice(start, end === -1 ? undefined : end).join(" ");
}

function decode(content: Buffer, encoding = "utf-8"): string {
  try {
    return new TextDecoder(encoding).decode(content);
  } catch {
    // Of that name nobody knows one: its letters are read as what nearly all commits are.
    return content.toString();
  }
}

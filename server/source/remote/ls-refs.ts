import type { Heads } from "./remote.js";

// Version 2 of git's protocol. Source: https://git-scm.com/docs/protocol-v2 and https://git-scm.com/docs/protocol-common

const DELIMITER = "0001";
const FLUSH = "0000";
const HEADS = "refs/heads/";
const SHA256_DIGITS = 64;
const REF_LINE = /^([0-9a-f]{40}|[0-9a-f]{64}) refs\/heads\/([^\n ]+)\n?$/;

/** The question for the refs that begin like those branches. */
export function encodeLsRefs(heads: Heads): string {
  const isSha256 = [...heads.values()].some(({ length }) => length === SHA256_DIGITS);
  return [
    packet("command=ls-refs\n"),
    packet("agent=headwater\n"),
    ...(isSha256 ? [packet("object-format=sha256\n")] : []),
    DELIMITER,
    ...[...heads.keys()].map((branch) => packet(`ref-prefix ${HEADS}${branch}\n`)),
    FLUSH,
  ].join("");
}

/** Branches by the answer; null when it is none. */
export function parseLsRefs(answer: Buffer): Heads | null {
  const heads = new Map<string, string>();
  for (let at = 0; ;) {
    const digits = answer.toString("latin1", at, at + 4);
    if (digits === FLUSH) return heads;
    const length = /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (length <= 4 || at + length > answer.length) return null;
    const [, commit, branch] = REF_LINE.exec(answer.toString("utf8", at + 4, at + length)) ?? [];
    if (commit === undefined || branch === undefined) return null;
    heads.set(branch, commit);
    at += length;
  }
}

function packet(text: string): string {
  const length = Buffer.byteLength(text) + 4;
  return length.toString(16).padStart(4, "0") + text;
}

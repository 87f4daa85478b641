import type { CrashHost } from "./crash-host.js";

const PLAN = "<!-- headwater plan -->";

/** Of two looks at one commit the first may have been overtaken. Nobody need look at what was closed. */
export function isSettled(host: CrashHost, queued: readonly string[]): boolean {
  const [open, checks, comments] = [host.open(), host.checks(), host.comments()];
  const heads = [...open.values(), ...queued];
  return (
    checks.every(({ isOpen }) => !isOpen) &&
    heads.every((head) => checks.some((check) => check.head === head && check.hasFailed)) &&
    [...open.keys()].every((number) =>
      comments.some((comment) => comment.number === number && comment.body.startsWith(PLAN)),
    )
  );
}

/** Comments of ours that are there more than once, by pull request and marker. */
export function twiceSaid(host: CrashHost): readonly string[] {
  const said = host.comments().map(({ number, body }) => `${number} ${body.split("\n", 1)[0] ?? ""}`);
  return said.filter((name, index) => said.indexOf(name) !== index);
}

/** A commit id of that number. */
export function headOf(number: number): string {
  return String(number).padStart(40, "0");
}

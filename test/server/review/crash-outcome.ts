import type { CrashHost, SeenCheck } from "./crash-host.js";
import { isOdd, type CrashWorld } from "./crash-world.js";

const PLAN = "<!-- headwater plan -->";

/**
 * Whether no check is open, and what is told last of each pull request is of a merge into main as it is now. Nobody need look at what was
 * closed, nor again at what a queue has tried.
 */
export function isSettled(
  host: CrashHost,
  { main }: Pick<CrashWorld, "main">,
  queued: readonly string[] = [],
): boolean {
  const [checks, comments] = [host.checks(), host.comments()];
  const isTold = ([number, head]: readonly [number, string]): boolean => {
    const check = checks.findLast((one) => one.head === head && (one.number ?? number) === number);
    const comment = comments.find((one) => one.number === number && one.body.startsWith(PLAN));
    return isOf(main, check) && comment?.body.includes("`x`") === isOdd(main);
  };
  return (
    checks.every(({ isOpen }) => !isOpen) &&
    queued.every((head) => checks.some((check) => check.head === head && check.hasFailed)) &&
    [...host.open()].every(isTold)
  );
}

/** Of a merge into a main that is odd, which brings one workflow more, or into one that is not. */
function isOf(main: string, check: SeenCheck | undefined): boolean {
  return check?.hasFailed === true && check.title.includes(`workflows: ${isOdd(main) ? 2 : 1} added`);
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

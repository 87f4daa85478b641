import { canonicalHash, counted } from "@headwater/workflow";
import { FINDINGS_MAX } from "./compiler/judgement.js";
import { codeSpan } from "./plain-text.js";
import type { HostTraits } from "./review-host.js";
import type { CheckPart, CheckResult, Subject, WantedCheck } from "./wanted-object.js";

/** Pull requests of one head that are looked at. */
export const PARTS_MAX = 20;
/** How a host writes the number of a change. */
type Naming = Pick<HostTraits, "sign">;

const SEVERITY = { failure: 0, cancelled: 1, success: 2 } as const;

/** All that a check has been told, by pull request; nothing of the one that is being looked at. */
export function partsOf(wanted: WantedCheck | null): readonly CheckPart[] {
  if (wanted === null) return [];
  const { parts, subject, result } = wanted;
  return parts ?? (result === null ? [] : [{ subject, result }]);
}

/** Whether both are of the same pull request, or of the same merge of a queue. */
export function isSameChange(one: Subject, other: Subject): boolean {
  return one.number === null ? other.number === null && one.ref === other.ref : one.number === other.number;
}

/**
 * What the check of a commit says of all that have it as their head. There is one check of a commit, so that the worst of them counts: else
 * anybody could open a second pull request of a head that fails, into a branch where it does not. @param parts one at least
 */
export function sharedCheck(parts: readonly CheckPart[], traits: Naming): CheckResult {
  const [worst, ...others] = parts.toSorted(bySeverity);
  if (worst === undefined) throw new TypeError("a check is of something");
  if (others.length === 0) return worst.result;
  const { conclusion, title } = worst.result;
  const all = [worst, ...others];
  const findings = new Map(
    all.flatMap(({ result }) => result.findings.map((one) => [canonicalHash({ ...one }), one])),
  );
  return {
    conclusion,
    title: `${nameOf(worst, traits)}: ${title}; and ${others.length} more of this commit`,
    summary: [introduction(all), ...all.map((part) => partInWords(part, traits))].join("\n"),
    findings: [...findings.values()].slice(0, FINDINGS_MAX),
    essence: canonicalHash(
      all.map(({ subject, result }) => [nameOf({ subject }, traits), result.essence ?? ""]),
    ),
    // What is confirmed is confirmed on one of them.
    actions: ["plan", "test"],
  };
}

function bySeverity(one: CheckPart, other: CheckPart): number {
  return SEVERITY[one.result.conclusion] - SEVERITY[other.result.conclusion] || byNumber(one, other);
}

function byNumber({ subject: one }: CheckPart, { subject: other }: CheckPart): number {
  return (one.number ?? 0) - (other.number ?? 0);
}

function introduction(parts: readonly CheckPart[]): string {
  return `This commit is the head of ${counted(parts.length, "change")} that may be merged. There is one check of a commit: it says the worst of them.\n`;
}

function partInWords({ subject, result }: CheckPart, traits: Naming): string {
  return `### ${nameOf({ subject }, traits)} into ${codeSpan(subject.base)}: ${codeSpan(result.title)}\n\n${result.summary}`;
}

function nameOf({ subject: { number, base } }: Pick<CheckPart, "subject">, { sign }: Naming): string {
  return number === null ? `merge queue of ${base}` : `${sign}${number}`;
}

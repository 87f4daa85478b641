import { canonicalHash, counted } from "@headwater/workflow";
import type { AskedOwner, CoveredWorkflow, Judgement, TestSummary } from "./compiler/judgement.js";
import { tellsAll } from "./check-page.js";
import { conflictsInWords, obstaclesOf, type Conflict } from "./conflicts.js";
import { fitMarkdown } from "./fit-text.js";
import { leavingInWords, leavingTitle, type LeavingEnvironment } from "./leaving-environments.js";
import { codeSpan } from "./plain-text.js";
import { isHeld, removalInWords, removalNews, removalTitle, type RemovalNews } from "./removal.js";
import type { RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { HostTraits } from "./review-host.js";
import type { CheckResult } from "./wanted-object.js";

/** What is said of a change: on its check, and in a comment where there is something to say. */
export interface Verdict {
  readonly check: CheckResult;
  /** Markdown; null when nobody needs to read it. */
  readonly comment: string | null;
  /** What the check would say if there were room for all; null where there is. */
  readonly whole: WholeResult | null;
}

/** What a check says, however much that is. */
export type WholeResult = Pick<CheckResult, "summary" | "findings">;

/** What is known of a commit beside its judgement. */
export interface VerdictContext {
  /** Of the pull request; null of a merge queue. */
  readonly head: string | null;
  /** What may be removed. */
  readonly confirmations: readonly RemovalConfirmationRow[];
  /** What others want as well. */
  readonly conflicts: readonly Conflict[];
  /** What goes with environments that are not declared any more. */
  readonly leaving: readonly LeavingEnvironment[];
  /** Where it is said. */
  readonly traits: HostTraits;
  /** Where all of it is shown; null for nowhere. */
  readonly page: string | null;
}

/** What a comparison means for whoever wants to merge. */
export function verdictOf(
  judgement: Judgement,
  { head, confirmations, conflicts, leaving, traits, page }: VerdictContext,
): Verdict {
  const { errors, tests, findings, touched } = judgement;
  // What does not compile is not deployed, so that nothing goes.
  const removal = errors > 0 ? null : removalNews(judgement.removal, confirmations);
  const gone = errors > 0 ? [] : leaving;
  const obstacles = obstaclesOf(conflicts);
  const facts = [...obstacles, ...factsOf(judgement, removal), ...gone.map(leavingTitle)];
  const changed = changesInWords(judgement);
  const removed = removal === null ? "" : removalInWords(removal, head, traits);
  const others = conflictsInWords(conflicts);
  const left = gone.map((one) => leavingInWords(one, head, traits)).join("\n");
  const held = [removal, ...gone.map((one) => one.removal)].filter(isHeld);
  const tested = testsInWords(tests, FAILED_SHOWN_MAX);
  const asked = ownersInWords(judgement.owners);
  const said = {
    first: [removed, left, others],
    tests: tested,
    hasFailed: tests.failures > 0,
    last: [asked],
  };
  const summary = summaryOf(judgement.plan, { ...said, last: [asked, restInWords(judgement, page)] }, page);
  // Notes stand on the check; where it has no page of its own only a comment has them.
  const isUntold = !traits.hasCheckPages && findings.length > 0;
  const isQuiet = changed === NO_CHANGES && facts.length === 0 && !isUntold;
  const check: CheckResult = {
    conclusion: [errors > 0, tests.failures > 0, obstacles.length > 0, held.length > 0].includes(true)
      ? "failure"
      : "success",
    title: [...facts, changed].join(", "),
    summary,
    findings: allFindings(judgement, tests),
    touches: touched,
    essence: canonicalHash([
      [judgement.essence, ...facts, changed],
      [removed, left, others, tested, asked],
      findings.map((finding) => ({ ...finding })),
    ]),
    ...buttonsOf(held, head),
  };
  return { check, comment: isQuiet ? null : summary, whole: wholeOf(judgement, said, summary) };
}

function wholeOf(judgement: Judgement, said: Said, summary: string): WholeResult | null {
  const { whole, tests } = judgement;
  const { plan, findings, failed } = whole ?? { ...judgement, failed: tests.failed };
  const all = inOrder(plan, { ...said, tests: testsInWords({ ...tests, failed }, Infinity) });
  if (whole === null && all === summary) return null;
  return { summary: all, findings: allFindings({ findings }, { failed }) };
}

function allFindings(
  { findings }: Pick<Judgement, "findings">,
  { failed }: Pick<TestSummary, "failed">,
): CheckResult["findings"] {
  return [...failed.map(({ finding }) => finding), ...findings];
}

/** What is said beside a plan, in Markdown. */
interface Said {
  readonly first: readonly string[];
  readonly tests: string;
  readonly hasFailed: boolean;
  readonly last: readonly string[];
}

/** A plan has the room that all else leaves. */
function summaryOf(plan: string, said: Said, page: string | null): string {
  const room = SUMMARY_BYTES_MAX - Buffer.byteLength(inOrder("", said));
  return inOrder(fitMarkdown(plan, Math.max(room, PLAN_BYTES_MIN), tellsAll(page)), said);
}

/** What fails stands before the plan, which may be long. */
function inOrder(plan: string, { first, tests, hasFailed, last }: Said): string {
  const parts = hasFailed ? [...first, tests, plan, ...last] : [...first, plan, tests, ...last];
  return parts.filter((part) => part !== "").join("\n");
}

/** The worst first. */
function factsOf({ errors, newWarnings, tests }: Judgement, removal: RemovalNews | null): readonly string[] {
  return [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(newWarnings > 0 ? [counted(newWarnings, "new warning")] : []),
    ...(tests.failures > 0 ? [`${counted(tests.failures, "test")} failed`] : []),
    ...(isHeld(removal) ? [removalTitle(removal)] : []),
  ];
}

/** What may be confirmed of a commit is what its check shows. */
function buttonsOf(
  held: readonly RemovalNews[],
  head: string | null,
): Required<Pick<CheckResult, "actions" | "removes">> {
  const isToConfirm = held.length > 0 && head !== null;
  return {
    actions: isToConfirm ? ["confirm-delete", "plan", "test"] : ["plan", "test"],
    removes: isToConfirm ? held.flatMap(({ workflows }) => workflows) : [],
  };
}

/** A check of GitHub takes 65,535, and so does a comment, with what stands around it. */
const SUMMARY_BYTES_MAX = 64_000;
/** However much there is to say beside it. */
const PLAN_BYTES_MIN = 8000;
const FAILED_SHOWN_MAX = 20;
const NO_CHANGES = "no workflow changes";
const NOT_FOLLOWED = "Headwater does not follow this repository: `headwater repo add` makes it so.";
const NOT_SHOWN =
  "The host has not shown this repository to Headwater yet, so that it does not know whether it follows it. Ask again in a while.";

/** A change that cannot be compared, for a reason that its author can do something about. */
export function refusal(title: string, summary: string): Verdict {
  const essence = canonicalHash([title, summary]);
  const check = { conclusion: "failure", title, summary, findings: [], essence, actions: ["plan"] } as const;
  return { check, comment: null, whole: null };
}

/** What was not compared, for a reason that may pass. */
export function postponed(title: string, summary: string): Verdict {
  const { check, ...rest } = refusal(title, summary);
  return { ...rest, check: { ...check, isUncompared: true } };
}

/** Of a commit that was none of its change any more when it was to be looked at. */
export function movedOn({ change }: Pick<HostTraits, "change">): CheckResult {
  return unseen(`The ${change} has moved on from this commit before anybody could look at it.`);
}

/** Nobody has compiled the commit: it must not let a merge pass, and says nothing against it either. */
function unseen(summary: string): CheckResult {
  const title = "not looked at";
  const essence = canonicalHash([title, summary]);
  return {
    conclusion: "cancelled",
    title,
    summary,
    findings: [],
    essence,
    actions: ["plan"],
    isUncompared: true,
  };
}

/** Of a repository that is not followed nothing would be deployed by a merge; of one that the host has not shown yet nobody knows. */
export function unfollowed({ isKnown }: { readonly isKnown: boolean }): Verdict {
  const check = isKnown ? unchanged(NOT_FOLLOWED) : unseen(NOT_SHOWN);
  return { check: { ...check, isUnfollowed: true }, comment: null, whole: null };
}

function unchanged(summary: string): CheckResult {
  const essence = canonicalHash([NO_CHANGES, summary]);
  return { conclusion: "success", title: NO_CHANGES, summary, findings: [], essence };
}

function changesInWords({ changes, settings }: Pick<Judgement, "changes" | "settings">): string {
  const words = (["added", "changed", "removed", "renamed"] as const).flatMap((kind) =>
    changes[kind] === 0 ? [] : [`${changes[kind]} ${kind}`],
  );
  const parts = [
    ...(words.length === 0 ? [] : [`workflows: ${words.join(", ")}`]),
    ...(settings === 0 ? [] : [`${counted(settings, "setting")} of the project`]),
  ];
  return parts.length === 0 ? NO_CHANGES : parts.join("; ");
}

function testsInWords({ passed, failures, failed, coverage }: TestSummary, shownMax: number): string {
  const covered = coverage.filter(({ steps }) => steps > 0);
  if (passed + failures === 0 && covered.length === 0) return "";
  const lines = failed
    .slice(0, shownMax)
    .map(
      ({ workflow, name, message }) => `- ❌ ${codeSpan(workflow)}: ${codeSpan(name)}: ${codeSpan(message)}`,
    );
  const left = failures - lines.length;
  const title =
    passed + failures === 0 ? "#### Tests: none" : `#### Tests: ${passed} passed, ${failures} failed`;
  return [
    title,
    "",
    ...lines,
    ...(left > 0 ? [`- ❌ and ${left} more`] : []),
    ...covered.map(coverageInWords),
    "",
  ].join("\n");
}

function coverageInWords({ workflow, steps, reached, missed }: CoveredWorkflow): string {
  const left = steps - reached - missed.length;
  const names = [...missed.map(codeSpan), ...(left > 0 ? [`${left} more`] : [])].join(", ");
  const rest = names === "" ? "" : `, not ${names}`;
  return `- ${codeSpan(workflow)}: tests reach ${reached} of ${counted(steps, "step")}${rest}`;
}

function ownersInWords(owners: readonly AskedOwner[]): string {
  if (owners.length === 0) return "";
  return ["#### Whom to ask", "", ...owners.map(ownerInWords), ""].join("\n");
}

function ownerInWords({ owner, touched, downstream }: AskedOwner): string {
  const parts = [
    ...(touched.length > 0 ? [`owns ${touched.map(codeSpan).join(", ")}`] : []),
    ...(downstream.length > 0 ? [`downstream: ${downstream.map(codeSpan).join(", ")}`] : []),
  ];
  return `- ${codeSpan(owner)} ${parts.join("; ")}`;
}

function restInWords(
  { errors, newWarnings, newNotes, findings, whole }: Judgement,
  page: string | null,
): string {
  const left = errors + newWarnings + newNotes - findings.length;
  if (left > 0) return `\n*${counted(left, "more finding")}: ${tellsAll(page, "headwater validate")}.*\n`;
  return whole === null || page === null ? "" : `\n*There is more than fits here: ${tellsAll(page)}.*\n`;
}

import { counted } from "@headwater/workflow";
import type { Judgement } from "./compiler/judgement.js";
import { codeSpan } from "./plain-text.js";
import { isHeld, removalInWords, removalNews, removalTitle, type RemovalNews } from "./removal.js";
import type { RemovalConfirmationRow } from "../store/removal-confirmations.js";
import type { CheckResult } from "./wanted-object.js";

/** What is said of a change: on its check, and in a comment where there is something to say. */
export interface Verdict {
  readonly check: CheckResult;
  /** Markdown; null when nobody needs to read it. */
  readonly comment: string | null;
}

/** What is known of a commit beside its judgement. */
export interface VerdictContext {
  /** Of the pull request; null of a merge queue. */
  readonly head: string | null;
  /** What may be removed. */
  readonly confirmations: readonly RemovalConfirmationRow[];
}

/** What a comparison means for whoever wants to merge. */
export function verdictOf(judgement: Judgement, { head, confirmations }: VerdictContext): Verdict {
  const { errors, tests, changes, plan, findings, touched } = judgement;
  // What does not compile is not deployed, so that nothing goes.
  const removal = errors > 0 ? null : removalNews(judgement.removal, confirmations);
  const facts = factsOf(judgement, removal);
  const changed = changesInWords(changes);
  const removed = removal === null ? "" : removalInWords(removal, head);
  const summary = [removed, plan, testsInWords(judgement), leftOut(judgement)]
    .filter((part) => part !== "")
    .join("\n");
  const isQuiet = changed === NO_CHANGES && facts.length === 0;
  const check: CheckResult = {
    conclusion: errors === 0 && tests.failed.length === 0 && !isHeld(removal) ? "success" : "failure",
    title: [...facts, changed].join(", "),
    summary,
    findings,
    touches: touched,
    ...buttonsOf(removal, head),
  };
  return { check, comment: isQuiet ? null : summary };
}

/** The worst first. */
function factsOf({ errors, newWarnings, tests }: Judgement, removal: RemovalNews | null): readonly string[] {
  return [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(newWarnings > 0 ? [counted(newWarnings, "new warning")] : []),
    ...(tests.failed.length > 0 ? [`${counted(tests.failed.length, "test")} failed`] : []),
    ...(isHeld(removal) ? [removalTitle(removal)] : []),
  ];
}

/** What may be confirmed of a commit is what its check shows. */
function buttonsOf(
  removal: RemovalNews | null,
  head: string | null,
): Required<Pick<CheckResult, "actions" | "removes">> {
  const isToConfirm = isHeld(removal) && head !== null;
  return {
    actions: isToConfirm ? ["confirm-delete", "plan", "test"] : ["plan", "test"],
    removes: isToConfirm ? removal.workflows : [],
  };
}

const NO_CHANGES = "no workflow changes";

/** A change that cannot be compared, for a reason that its author can do something about. */
export function refusal(title: string, summary: string): Verdict {
  const check = { conclusion: "failure", title, summary, findings: [], actions: ["plan"] } as const;
  return { check, comment: null };
}

/** A repository of which nothing would be deployed by a merge. */
export function unconcerned(summary: string): Verdict {
  return { check: { conclusion: "success", title: NO_CHANGES, summary, findings: [] }, comment: null };
}

function changesInWords(changes: Judgement["changes"]): string {
  const words = (["added", "changed", "removed", "renamed"] as const).flatMap((kind) =>
    changes[kind] === 0 ? [] : [`${changes[kind]} ${kind}`],
  );
  return words.length === 0 ? NO_CHANGES : `workflows: ${words.join(", ")}`;
}

function testsInWords({ tests }: Judgement): string {
  const { passed, failed } = tests;
  if (passed + failed.length === 0) return "";
  const lines = failed.map(
    ({ workflow, name, message }) => `- ${codeSpan(workflow)}: ${codeSpan(name)}: ${codeSpan(message)}`,
  );
  return [`#### Tests: ${passed} passed, ${failed.length} failed`, "", ...lines, ""].join("\n");
}

function leftOut({ errors, newWarnings, findings }: Judgement): string {
  const left = errors + newWarnings - findings.length;
  return left <= 0 ? "" : `\n*${counted(left, "more finding")}: \`headwater validate\` tells all.*\n`;
}

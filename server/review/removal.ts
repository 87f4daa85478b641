import { counted, removalLimitText, removesTooMuch, type ProposedRemoval } from "@headwater/workflow";
import type { RemovalConfirmationRow } from "../store/removal-confirmations.js";
import { codeSpan } from "./plain-text.js";
import type { HostTraits } from "./review-host.js";

/** A merge would remove more than goes at once. */
export interface RemovalNews {
  /** As a confirmation names them. */
  readonly workflows: readonly string[];
  readonly live: number;
  /** In words. */
  readonly limit: string;
  /** Who has confirmed it; empty while nobody has, or not all that there is to confirm. */
  readonly confirmedBy: readonly string[];
}

const SHOWN_MAX = 50;
const SHORT = 12;

/** What there is to say of what a merge would remove; null when nobody need be asked. */
export function removalNews(
  { workflows, live, share }: ProposedRemoval,
  confirmations: readonly RemovalConfirmationRow[],
): RemovalNews | null {
  const exceeds = (unconfirmed: number): boolean =>
    removesTooMuch({ lost: workflows.length, unconfirmed, live, share });
  if (!exceeds(workflows.length)) return null;
  const own = confirmations.filter((one) => one.workflows.some((workflow) => workflows.includes(workflow)));
  const confirmed = new Set(own.flatMap((one) => one.workflows));
  const isHeld = exceeds(workflows.filter((workflow) => !confirmed.has(workflow)).length);
  const confirmedBy = isHeld ? [] : [...new Set(own.map(({ by }) => by))];
  return { workflows, live, limit: removalLimitText(share), confirmedBy };
}

/** Whether the merge would be held because of it. */
export function isHeld(news: RemovalNews | null): news is RemovalNews {
  return news !== null && news.confirmedBy.length === 0;
}

/** In the title of a check. */
export function removalTitle({ workflows, live }: RemovalNews): string {
  return `would remove ${workflows.length} of ${counted(live, "workflow")}, which nobody has confirmed`;
}

/** As a part of the summary, in Markdown. @param head null where only pull requests can be confirmed, as of a merge queue */
export function removalInWords(news: RemovalNews, head: string | null, traits: HostTraits): string {
  const { workflows, live, limit, confirmedBy } = news;
  const what = `it removes ${workflows.length} of ${counted(live, "workflow")}`;
  const left = workflows.length - SHOWN_MAX;
  return [
    isHeld(news)
      ? `#### To be confirmed: ${what}`
      : `#### Confirmed by ${confirmedBy.map(codeSpan).join(", ")}: ${what}`,
    "",
    ...(isHeld(news) ? [`By the policy of the project ${limit}. ${howToConfirm(head, traits)}`, ""] : []),
    ...workflows.slice(0, SHOWN_MAX).map((workflow) => `- ${codeSpan(workflow)}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ].join("\n");
}

/** @param head null where only pull requests can be confirmed, as of a merge queue */
export function howToConfirm(head: string | null, { change, hasCheckPages }: HostTraits): string {
  if (head === null) return `Where that is meant, somebody confirms it on the ${change} that removes them.`;
  const button = hasCheckPages ? "with the button **Confirm delete** of the check, or " : "";
  return (
    `Where that is meant, somebody who may write to the repository says so, ${button}` +
    `in a comment: \`/headwater confirm-delete ${head.slice(0, SHORT)}\`. It counts for this commit and these workflows.`
  );
}

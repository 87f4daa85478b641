import type { Json } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import type { Previews } from "../previews/previews.js";
import type { Answer, Asked } from "./asked.js";
import { boundedCodeSpan, codeSpan } from "./plain-text.js";
import type { PreviewTeller } from "./preview-teller.js";
import type { Change, ReviewHost } from "./review-host.js";
import type { Reviewer, SeenResult } from "./reviewer.js";

export interface AskPreviewOptions {
  readonly host: Pick<ReviewHost, "traits">;
  readonly hostName: string;
  readonly reviewer: Pick<Reviewer, "findResult" | "findRepository">;
  readonly previews: Pick<Previews, "begin">;
  readonly previewTeller: Pick<PreviewTeller, "tell">;
}

/** What stands behind the command: `daily date=2026-03-02`. */
interface Wanted {
  readonly workflow?: string;
  readonly params: Readonly<Record<string, Json>>;
}

const NAMED_MAX = 20;
const PROBLEM_CHARACTERS_MAX = 1000;

/**
 * Runs a workflow of a pull request once, as its head has it. What comes of a fork is a stranger's: it is compiled and never run. The head
 * must have its check, so that nobody has run what nobody could look at.
 */
export async function askPreview(
  { place, user, argument, commentId, askedAt }: Asked,
  change: Change,
  { host: { traits }, hostName, reviewer, previews, previewTeller }: AskPreviewOptions,
): Promise<Answer> {
  const { head, number, base } = change;
  const obstacle = obstacleTo(change, traits.change);
  if (obstacle !== null) return refusal(obstacle);
  const repository = await reviewer.findRepository({ place, base });
  const result = await reviewer.findResult(place, head, number);
  if (repository === null || result === null)
    return refusal(`nobody has looked at ${head.slice(0, 12)} yet. Wait for its check`);
  // Who asks has seen what was the head when they wrote; what was pushed since then they have not.
  if (isNewer(result, askedAt))
    return refusal(`the head is ${head} now, which is newer than your comment. Look at that, and ask again`);
  const { touches = [] } = result;
  const { workflow = onlyOf(touches), params } = read(argument);
  if (workflow === undefined) return refusal(whichOf(touches, traits.change));
  const problem = await problemOf(() =>
    previews.begin({
      repository,
      change: number,
      commit: head,
      workflow,
      params,
      by: user,
      place: { ...place, host: hostName },
      requestId: commentId ?? head,
    }),
  );
  if (problem !== null) return refusal(boundedCodeSpan(problem, PROBLEM_CHARACTERS_MAX));
  previewTeller.tell();
  return { reaction: "rocket", words: null, look: null };
}

/** Where the host does not say when they wrote nobody knows what they have seen. */
function isNewer({ seenAt }: Pick<SeenResult, "seenAt">, askedAt: number | undefined): boolean {
  return askedAt === undefined || (seenAt !== null && askedAt < seenAt);
}

async function problemOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
}

function obstacleTo({ isOpen, isFork }: Change, change: string): string | null {
  if (!isOpen) return `the ${change} is closed`;
  return isFork ? "it comes from a fork. What strangers propose is compiled and never run" : null;
}

function onlyOf(touched: readonly string[]): string | undefined {
  return touched.length === 1 ? touched[0] : undefined;
}

function refusal(problem: string): Answer {
  return { reaction: "confused", words: `No preview: ${problem}.`, look: null };
}

function whichOf(touched: readonly string[], change: string): string {
  if (touched.length === 0)
    return `the ${change} changes no workflow. Name one: \`/headwater preview WORKFLOW\``;
  const names = touched.slice(0, NAMED_MAX).map((id) => codeSpan(`/headwater preview ${id}`));
  return `it changes ${touched.length} workflows. Say which: ${names.join(", ")}`;
}

/** A value that is JSON is that value; anything else is text, so that dates and names need no quotes. */
function read(argument: string): Wanted {
  const words = argument.split(/\s+/).filter((word) => word !== "");
  const pairs = words.filter((word) => word.includes("="));
  const [workflow] = words.filter((word) => !word.includes("="));
  const params = pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), valueOf(pair.slice(at + 1))] as const;
  });
  return { ...(workflow === undefined ? {} : { workflow }), params: Object.fromEntries(params) };
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

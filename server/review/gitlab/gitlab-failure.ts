import { oneLine } from "../one-line.js";
import { HostFailure, type HostFailureKind } from "../review-host.js";

/** Where GitLab does not say how long to wait. */
const WAIT_MS = 60_000;
const WORDS_MAX = 300;

/** GitLab did not do what it was asked. */
export class GitlabRefusal extends HostFailure {
  readonly status: number;
  /** What it said. */
  readonly words: string;

  constructor(response: Pick<Response, "status" | "headers">, words: string, now: number) {
    const { status, headers } = response;
    super(kindOf(status), `GitLab answers ${status}: ${words}${adviceOn(status, words)}`, {
      retryAfterMs: status === 429 ? waitOf(headers, now) : 0,
    });
    this.status = status;
    this.words = words;
  }
}

/** What an answer that is no success says, in one line: `message` is a text or an object, and limits are told in plain text. */
export function wordsOf(text: string): string {
  const said = parse(text);
  const { message, error_description: description, error } = said;
  const words = message ?? description ?? error ?? text;
  return oneLine(typeof words === "string" ? words : JSON.stringify(words), WORDS_MAX);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Source: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
function waitOf(headers: Headers, now: number): number {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  if (seconds >= 0) return seconds * 1000;
  const resetAt = Number(headers.get("ratelimit-reset") ?? NaN) * 1000;
  return resetAt > 0 ? Math.max(1000, resetAt - now) : WAIT_MS;
}

function kindOf(status: number): HostFailureKind {
  if (status === 429) return "limited";
  if (status === 404 || status === 410) return "gone";
  // Of 409 there may be less at the next try: somebody else writes the same at this moment.
  if (status === 408 || status === 409 || status >= 500) return "unavailable";
  return "refused";
}

function adviceOn(status: number, words: string): string {
  if (status >= 300 && status < 400) return ". Is HEADWATER_GITLAB_URL right?";
  if (status !== 403) return "";
  return /insufficient_scope|higher privileges/i.test(words)
    ? ". The access token needs the scope api"
    : ". Whose access token it is needs to be a Developer of the project";
}

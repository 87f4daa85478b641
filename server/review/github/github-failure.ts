import { RequestError } from "octokit";
import { HostFailure, type HostFailureKind } from "../review-host.js";

/** GitHub asks to wait a minute at least where it does not say how long. */
const WAIT_MS = 60_000;

/**
 * What a refusal of GitHub means for whoever asked. Of limits the documented signs count: a `retry-after`, nothing left of the hour,
 * or the words of a secondary limit.
 * Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function explainGithub(error: unknown, now: number): HostFailure {
  if (!(error instanceof RequestError))
    return new HostFailure("unavailable", wordsOf(error), { cause: error });
  const { status } = error;
  const message = `GitHub answers ${status}: ${error.message}`;
  const retryAfterMs = status === 403 || status === 429 ? limitOf(error, now) : null;
  if (retryAfterMs !== null) return new HostFailure("limited", message, { cause: error, retryAfterMs });
  return new HostFailure(kindOf(status), `${message}${permissionOf(error)}`, { cause: error });
}

/** GitHub tells in a header what it would have taken: such as `deployments=write`. */
function permissionOf({ status, message, response }: RequestError): string {
  if (status !== 403 || !/not accessible by integration/i.test(message)) return "";
  const needed = response?.headers["x-accepted-github-permissions"];
  const which = typeof needed === "string" ? ` (${needed})` : "";
  return `. The App lacks a permission${which}: grant it on GitHub, in the settings of the App, and accept it where the App is installed`;
}

function limitOf(error: RequestError, now: number): number | null {
  const headers = error.response?.headers ?? {};
  const seconds = Number(headers["retry-after"] ?? NaN);
  if (seconds >= 0) return seconds * 1000;
  if (headers["x-ratelimit-remaining"] === "0")
    return Math.max(1000, Number(headers["x-ratelimit-reset"] ?? 0) * 1000 - now);
  return error.status === 429 || /secondary rate limit/i.test(error.message) ? WAIT_MS : null;
}

function kindOf(status: number): HostFailureKind {
  if (status === 404 || status === 410 || status === 451) return "gone";
  // A token that has just expired or a clock that is off; the next try has a new one.
  if (status === 401 || status === 408 || status >= 500) return "unavailable";
  return "refused";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The public API, and what is said when it refuses. */
import { problem } from "./elements.js";

export const API = "/api/v1";

/** The service asks who is there, and does not know this browser (any more). */
export class SignInNeeded extends Error {}

/** An answer of the API. @throws SignInNeeded; TypeError with the words of the refusal */
export async function ask(path, request) {
  const response = await fetch(API + path, request);
  const answer = await response.json();
  if (response.ok) return answer;
  const isSigningIn = path === "/session" && request?.method === "POST";
  if (response.status === 401 && !isSigningIn) throw new SignInNeeded(answer.error.message);
  throw new TypeError(answer.error.message);
}

export function send(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** What a button does: what went wrong is seen, and the answer is then null. */
export async function attempt(work) {
  try {
    const answer = await work();
    problem(null);
    return answer;
  } catch (error) {
    problem(error.message);
    return null;
  }
}

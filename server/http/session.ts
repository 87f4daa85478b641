import { isSameSecret, signWith } from "./secret.js";

/** How long a browser stays signed in. */
const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
const NAME = "headwater_session";
const VALUE = /^(\d{1,16})\.([\w-]{1,64})\.([0-9a-f]{64})$/;

/** What a cookie says of itself. Times are epoch milliseconds. */
export interface SessionName {
  readonly id: string;
  readonly begunAt: number;
  readonly endsAt: number;
}

/** What a browser is to remember: a cookie that says until when, signed by the token, which is not in it. A new token ends every session. */
export interface Session extends SessionName {
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
}

/** @param options.id one that no other session has; @param options.isSecure true when the browser came by HTTPS, and must not send the cookie otherwise */
export function startSession(
  token: string,
  { id, now, isSecure }: { readonly id: string; readonly now: number; readonly isSecure: boolean },
): Session {
  const endsAt = now + SESSION_MS;
  const value = `${endsAt}.${id}.${signatureOf(token, id, endsAt)}`;
  return { id, begunAt: now, endsAt, cookie: cookieOf(value, { seconds: SESSION_MS / 1000, isSecure }) };
}

/** The `Set-Cookie` that makes a browser forget its session. */
export function endSession(isSecure: boolean): string {
  return cookieOf("", { seconds: 0, isSecure });
}

/** The session in the `Cookie` header of a request that this token has begun and whose time is not over; null without one. */
export function findSession(token: string, cookies: string | undefined, now: number): SessionName | null {
  const given = (cookies ?? "").split(";").map((cookie) => cookie.trim().split("=", 2));
  const sessions = given.flatMap(([name, value = ""]) => (name === NAME ? (read(token, value) ?? []) : []));
  return sessions.find(({ endsAt }) => now < endsAt) ?? null;
}

function read(token: string, value: string): SessionName | null {
  const [, end = "", id = "", signature = ""] = VALUE.exec(value) ?? [];
  const endsAt = Number(end);
  if (!isSameSecret(signature, signatureOf(token, id, endsAt))) return null;
  return { id, begunAt: endsAt - SESSION_MS, endsAt };
}

function signatureOf(token: string, id: string, endsAt: number): string {
  return signWith(token, `headwater session ${id} until ${endsAt}`);
}

/** Scripts cannot read it, and no request that another site makes carries it. */
function cookieOf(value: string, lasting: { readonly seconds: number; readonly isSecure: boolean }): string {
  const secure = lasting.isSecure ? "; Secure" : "";
  return `${NAME}=${value}; Path=/; Max-Age=${lasting.seconds}; HttpOnly; SameSite=Strict${secure}`;
}

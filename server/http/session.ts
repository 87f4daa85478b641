import { isSameSecret, signWith } from "./secret.js";

/** How long a browser stays signed in. */
const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
const NAME = "headwater_session";
const VALUE = /^(\d{1,16})\.([0-9a-f]{64})$/;

/** What a browser is to remember: a cookie that says until when, signed by the token, which is not in it. A new token ends every session. */
export interface Session {
  readonly endsAt: number;
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
}

/** @param options.isSecure true when the browser came by HTTPS, and must not send the cookie otherwise */
export function startSession(
  token: string,
  { now, isSecure }: { readonly now: number; readonly isSecure: boolean },
): Session {
  const endsAt = now + SESSION_MS;
  const value = `${endsAt}.${signatureOf(token, endsAt)}`;
  return { endsAt, cookie: cookieOf(value, { seconds: SESSION_MS / 1000, isSecure }) };
}

/** The `Set-Cookie` that makes a browser forget its session. */
export function endSession(isSecure: boolean): string {
  return cookieOf("", { seconds: 0, isSecure });
}

/** Whether the `Cookie` header of a request carries a session that this token has begun and that has not ended. */
export function hasSession(token: string, cookies: string | undefined, now: number): boolean {
  const given = (cookies ?? "").split(";").map((cookie) => cookie.trim().split("=", 2));
  return given.some(([name, value = ""]) => name === NAME && isValid(token, value, now));
}

function isValid(token: string, value: string, now: number): boolean {
  const [, endsAt = "", signature = ""] = VALUE.exec(value) ?? [];
  return now < Number(endsAt) && isSameSecret(signature, signatureOf(token, Number(endsAt)));
}

function signatureOf(token: string, endsAt: number): string {
  return signWith(token, `headwater session until ${endsAt}`);
}

/** Scripts cannot read it, and no request that another site makes carries it. */
function cookieOf(value: string, lasting: { readonly seconds: number; readonly isSecure: boolean }): string {
  const secure = lasting.isSecure ? "; Secure" : "";
  return `${NAME}=${value}; Path=/; Max-Age=${lasting.seconds}; HttpOnly; SameSite=Strict${secure}`;
}

import type { IncomingHttpHeaders } from "node:http";
import type { WebhookProof } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import { isSameSecret, signWith } from "./secret.js";

/** What a sender must prove, and where. */
export interface Proof {
  readonly proof: WebhookProof;
  /** In lower case. */
  readonly header: string;
  readonly secret: string;
}

/** What it has sent. */
export interface Sent {
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly body: Buffer;
  readonly now: number;
}

/** An older signature may be one that somebody has recorded. */
const SIGNATURE_AGE_MS_MAX = 5 * 60_000;

/**
 * Checks that who sends knows the secret. `timestamped_hmac` is what Stripe sends and those who follow it.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 * @throws ServiceError unauthorized
 */
export function checkWebhookProof({ proof, header, secret }: Proof, { headers, body, now }: Sent): void {
  const given = headers[header];
  if (typeof given !== "string" || given === "") throw refused(`it has no header "${header}"`);
  switch (proof) {
    case "token":
      if (isSameSecret(given.replace(/^Bearer /i, ""), secret)) return;
      throw refused(`the header "${header}" does not hold the secret`);
    case "hmac":
      if (isSignature(given.replace(/^(?:sha256|v1)=/i, ""), signWith(secret, body))) return;
      throw refused(`the signature in "${header}" does not fit: it is of another secret or another body`);
    case "timestamped_hmac":
      return checkTimestamped(secret, given, { body, now, header });
  }
}

function checkTimestamped(
  secret: string,
  given: string,
  { body, now, header }: { readonly body: Buffer; readonly now: number; readonly header: string },
): void {
  const parts = given.split(",").map((part) => part.trim().split("="));
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  const signatures = parts.filter(([name]) => name === "v1").map(([, signature = ""]) => signature);
  if (!/^\d{1,12}$/.test(time)) throw refused(`the header "${header}" has no time: t=SECONDS,v1=SIGNATURE`);
  const wanted = signWith(secret, Buffer.concat([Buffer.from(`${time}.`), body]));
  if (!signatures.some((signature) => isSignature(signature, wanted)))
    throw refused(`no signature in "${header}" fits: they are of another secret or another body`);
  if (Math.abs(now - Number(time) * 1000) > SIGNATURE_AGE_MS_MAX)
    throw refused("it was signed more than five minutes ago, or by a clock that is that wrong");
}

/** In hexadecimal digits or in base64. */
function isSignature(given: string, wantedHex: string): boolean {
  const isHex = /^[0-9a-f]{64}$/i.test(given);
  return isSameSecret(isHex ? given.toLowerCase() : Buffer.from(given, "base64").toString("hex"), wantedHex);
}

function refused(why: string): ServiceError {
  return new ServiceError("unauthorized", `Cannot accept what was sent to the webhook: ${why}`);
}

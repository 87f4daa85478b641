import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Compares in constant time: how long it takes tells nothing of how much was right. Hashes make the lengths equal. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** HMAC-SHA256 in hexadecimal digits. */
export function signWith(secret: string, message: string | Buffer): string {
  return createHmac("sha256", secret).update(message).digest("hex");
}

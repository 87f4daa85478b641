import type { TextOrSecret } from "@headwater/engine";
import type { Secrets } from "./secrets.js";

/** Texts with their secrets filled in, and the values that must be masked wherever the attempt speaks. */
export type ResolvedTexts =
  | { readonly ok: true; readonly texts: Readonly<Record<string, string>>; readonly masks: readonly string[] }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Reads the secrets that an attempt needs. */
export async function resolveTexts(
  values: Readonly<Record<string, TextOrSecret>>,
  secrets: Secrets,
): Promise<ResolvedTexts> {
  const texts: Record<string, string> = {};
  const masks: string[] = [];
  const missing: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "string") {
      texts[key] = value;
      continue;
    }
    const secret = await secrets.read(value.secret);
    if (secret === null) missing.push(value.secret);
    else {
      texts[key] = secret;
      masks.push(secret);
    }
  }
  return missing.length > 0 ? { ok: false, missing } : { ok: true, texts, masks };
}

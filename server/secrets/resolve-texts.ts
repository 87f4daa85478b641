import type { TextOrSecret } from "@headwater/engine";
import type { Secrets, SecretScope, SecretValues } from "./secrets.js";

/** Texts with their secrets filled in, and the secrets, which must be masked wherever the attempt speaks. */
export type ResolvedTexts =
  | { readonly ok: true; readonly texts: Readonly<Record<string, string>>; readonly secrets: SecretValues }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Reads the secrets that an attempt needs. @throws SecretsError */
export async function resolveTexts(
  values: Readonly<Record<string, TextOrSecret>>,
  { provider, scope }: { readonly provider: Secrets; readonly scope: SecretScope },
): Promise<ResolvedTexts> {
  const entries = Object.entries(values);
  const names = new Set(entries.flatMap(([, value]) => (typeof value === "string" ? [] : [value.secret])));
  const secrets = names.size === 0 ? new Map<string, string>() : await provider.read([...names], scope);
  const missing = [...names].filter((name) => !secrets.has(name));
  if (missing.length > 0) return { ok: false, missing };
  const texts: Record<string, string> = {};
  for (const [key, value] of entries) {
    texts[key] = typeof value === "string" ? value : (secrets.get(value.secret) ?? "");
  }
  return { ok: true, texts, secrets };
}

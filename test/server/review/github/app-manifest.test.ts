import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";
import { APP_EVENTS, APP_PERMISSIONS, appManifest } from "#server/review/github/app-manifest.js";

const DOCS = join(import.meta.dirname, "../../../../../docs/github.md");

it("docs/github.md has an App made by hand that may and hears what one of the manifest does", () => {
  const text = readFileSync(DOCS, "utf8");
  const row = (title: string): string => new RegExp(`\\| ${title} \\| (.*) \\|`).exec(text)?.[1] ?? "";
  const permissions = [...row("Repository permissions").matchAll(/([A-Z][a-z ]+): \*(\w+)\*/g)].map(
    ([, name = "", level]) => [name.toLowerCase().replace(" ", "_"), level],
  );
  assert.deepEqual(Object.fromEntries(permissions), APP_PERMISSIONS);
  const events = row("Events").split(", ");
  assert.deepEqual(
    events.map((name) => name.toLowerCase().replace(" ", "_")),
    APP_EVENTS,
  );
});

it("appManifest() gives a name that GitHub takes, however long the address is", () => {
  const manifest = appManifest(`https://${"a".repeat(60)}.example`) as { readonly name: string };
  assert.equal(manifest.name.length, 34);
});

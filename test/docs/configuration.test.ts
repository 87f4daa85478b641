import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";

const root = join(import.meta.dirname, "..", "..", "..");

it("docs/configuration.md names exactly the variables that the configuration reads", () => {
  const names = (path: string, pattern: RegExp): readonly string[] =>
    [
      ...new Set(
        Array.from(readFileSync(join(root, path), "utf8").matchAll(pattern), ([, name]) => name ?? ""),
      ),
    ].sort();
  const hosts = ["github", "gitlab"].map((host) => `server/review/${host}/${host}-config.ts`);
  const files = ["server/config.ts", ...hosts];
  const read = files.flatMap((file) => names(file, /(?:text|whole|kept)\("([A-Z_]+)"/g)).sort();
  const documented = names("docs/configuration.md", /^\| `([A-Z_]+)` \|/gm);
  assert.ok(read.length > 5);
  assert.deepEqual(documented, read);
});

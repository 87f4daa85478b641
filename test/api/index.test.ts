import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "mocha";

it("the contract borrows types, never code: what is built imports nothing of ours", () => {
  const folder = join(import.meta.dirname, "..", "..", "..", "api", "dist");
  const built = readdirSync(folder).filter((name) => name.endsWith(".js"));
  assert.ok(built.length > 10);
  const guilty = built.filter((name) =>
    /from "(?:@headwater\/|node:)/.test(readFileSync(join(folder, name), "utf8")),
  );
  assert.deepEqual(guilty, []);
});

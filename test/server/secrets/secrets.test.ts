import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecrets } from "#server/secrets/secrets.js";

describe("createSecrets()", () => {
  it("reads the environment, then files, and no file outside its folder", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
    mkdirSync(join(dataFolder, "secrets", "FOLDER"), { recursive: true });
    writeFileSync(join(dataFolder, "secrets", "IN_FILE"), "from file\n");
    writeFileSync(join(dataFolder, "secrets", "IN_BOTH"), "hidden");
    writeFileSync(join(dataFolder, "outside"), "private");
    const secrets = createSecrets({
      environment: { HEADWATER_SECRET_IN_BOTH: "from environment" },
      dataFolder,
    });
    const names = ["IN_FILE", "IN_BOTH", "FOLDER", "NOWHERE", "../outside"];
    assert.deepEqual(await Promise.all(names.map((name) => secrets.read(name))), [
      "from file",
      "from environment",
      null,
      null,
      null,
    ]);
    rmSync(dataFolder, { recursive: true, force: true });
  });
});

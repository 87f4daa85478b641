import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecrets } from "#server/secrets/create-secrets.js";
import type { Secrets } from "#server/secrets/secrets.js";

describe("createSecrets()", () => {
  let dataFolder = "";
  let secretsFile = "";
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
    secretsFile = join(dataFolder, "secrets.json");
  });
  afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

  function withFile(text: string, mode = 0o600): Secrets {
    writeFileSync(secretsFile, text);
    chmodSync(secretsFile, mode);
    return createSecrets({ environment: {}, dataFolder, secretsFile });
  }

  it("reads the environment, then the secrets file, then the folder, and no file outside it", async () => {
    mkdirSync(join(dataFolder, "secrets", "FOLDER"), { recursive: true });
    for (const name of ["ONE", "TWO", "THREE"]) writeFileSync(join(dataFolder, "secrets", name), "folder\n");
    writeFileSync(join(dataFolder, "outside"), "private");
    writeFileSync(secretsFile, '{ "ONE": "file", "TWO": "file", "OTHER": "never asked for" }', {
      mode: 0o600,
    });
    const environment = { HEADWATER_SECRET_ONE: "environment" };
    const secrets = createSecrets({ environment, dataFolder, secretsFile });
    const names = ["ONE", "TWO", "THREE", "FOLDER", "NOWHERE", "../outside"];
    assert.deepEqual(Object.fromEntries(await secrets.read(names, "live")), {
      ONE: "environment",
      TWO: "file",
      THREE: "folder",
    });
  });

  it("reads the secrets file as it is now", async () => {
    const secrets = withFile('{ "KEY": "old" }');
    assert.equal((await secrets.read(["KEY"], "live")).get("KEY"), "old");
    withFile('\uFEFF{ "KEY": "new\\nlines" }');
    assert.equal((await secrets.read(["KEY"], "live")).get("KEY"), "new\nlines");
  });

  for (const [what, text, mode, expected] of [
    ["that its group may read", "{}", 0o640, /mode 640\); run chmod 600 "/],
    ["that everybody may write", "{}", 0o602, /mode 602\)/],
    [
      "that is no JSON",
      '{\n "KEY": hunter2 }',
      0o600,
      /it is not valid JSON in line 2$|it is not valid JSON$/,
    ],
    ["that is a list", '["hunter2"]', 0o600, /it must hold one object of JSON/],
    ["with a number", '{ "KEY": 4321 }', 0o600, /"KEY" must be a text in quotes/],
    ["that is too long", `{ "KEY": "${"x".repeat(2 ** 20)}" }`, 0o600, /limit is 1048576 bytes/],
  ] as const) {
    it(`refuses a file ${what}, without a word of its secrets`, async () => {
      const secrets = withFile(text, mode);
      const isClear = (error: Error): boolean =>
        error.message.startsWith(`Cannot read the secrets file "${secretsFile}": `) &&
        expected.test(error.message) &&
        !/hunter2|4321/.test(error.message);
      await assert.rejects(() => secrets.check(), isClear);
      await assert.rejects(() => secrets.read(["KEY"], "live"), isClear);
    });
  }

  it("refuses a file that is not there, or is a folder", async () => {
    const secrets = (file: string): Secrets =>
      createSecrets({ environment: {}, dataFolder, secretsFile: file });
    await assert.rejects(() => secrets(secretsFile).check(), /Cannot read the secrets file .* ENOENT/);
    await assert.rejects(() => secrets(dataFolder).check(), /it is not a plain file/);
  });
});

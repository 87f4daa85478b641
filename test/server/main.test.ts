import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService } from "#server/main.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("startService()", () => {
  let dataFolder = "";
  before(() => (dataFolder = mkdtempSync(join(tmpdir(), "headwater-main-"))));
  after(() => rmSync(dataFolder, { recursive: true, force: true }));

  it("ends in order what it has begun when it is interrupted, so that the next start finds the folder free", async () => {
    const config = resolveConfig({ dataFolder, port: 0 }, { PATH: process.env["PATH"] }, "/");
    const interrupt = new AbortController();
    const starting = startService({ config, log, interrupt: interrupt.signal });
    interrupt.abort();
    assert.equal(await starting, null);
    assert.equal(existsSync(join(dataFolder, "server.json")), false);
    const service = await startService({ config, log });
    assert.equal((await fetch(`${service?.url}/api/v1/health`)).status, 200);
    await service?.stop();
  });
});

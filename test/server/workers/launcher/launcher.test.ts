import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Launcher } from "#server/workers/launcher/launcher.js";
import { loadLibc } from "#server/processes/libc.js";
import { nodeSpawn } from "#server/processes/node-spawn.js";
import { createPosixSpawn } from "#server/processes/posix-spawn.js";
import type { LauncherReport, LauncherRequest } from "#server/workers/launcher/protocol.js";
import type { StartProcess } from "#server/processes/started-process.js";

const libc = loadLibc();

describe("Launcher", () => {
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "headwater-launcher-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const sleeper = (): LauncherRequest => ({
    kind: "start",
    id: 1,
    command: {
      file: "sleep",
      args: ["60"],
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
      logFile: join(folder, "log"),
      maxLogBytes: 1000,
      masks: [],
      killAfterMs: 5000,
    },
  });

  const ways: readonly (readonly [string, StartProcess])[] = [
    ["nodeSpawn()", nodeSpawn],
    ...(libc === null ? [] : [["createPosixSpawn()", createPosixSpawn(libc)] as const]),
  ];
  for (const [name, start] of ways) {
    // The channel may deliver both in one piece, and then nothing lies between them.
    it(`stops with ${name} also what it was told to start a moment before`, async () => {
      const ended = new Promise<LauncherReport>((resolve) => {
        const launcher = new Launcher(start, (report) => report.kind === "ended" && resolve(report));
        launcher.perform(sleeper());
        launcher.perform({ kind: "stop", id: 1 });
      });
      assert.deepEqual(await ended, {
        kind: "ended",
        id: 1,
        exit: { kind: "signaled", signal: "SIGTERM", lastErrorLine: "" },
      });
    });

    it(`ends with ${name} also what is being started when its service is gone`, async () => {
      const ended = new Promise<LauncherReport>((resolve) => {
        const launcher = new Launcher(start, (report) => report.kind === "ended" && resolve(report));
        launcher.perform(sleeper());
        void launcher.endAll();
      });
      assert.equal((await ended).kind, "ended");
    });
  }
});

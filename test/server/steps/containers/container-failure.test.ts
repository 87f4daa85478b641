import assert from "node:assert/strict";
import type { ContainerCommand } from "#server/steps/containers/container-command.js";
import { creationFailure, explainExit } from "#server/steps/containers/container-failure.js";
import type { ProcessExit } from "#server/steps/process-host.js";

const COMMAND: ContainerCommand = {
  image: "alpine",
  resources: null,
  file: "bash",
  args: [],
  cwd: "/",
  env: {},
  folders: [],
  labels: {},
  logFile: "/log",
  maxLogBytes: 1,
  masks: [],
  killAfterMs: 1,
};
const exited = (code: number, lastErrorLine = ""): ProcessExit => ({ kind: "exited", code, lastErrorLine });

describe("creationFailure()", () => {
  for (const [reason, blame] of [
    ["Error: initializing source docker://x/y:1: reading manifest 1: manifest unknown", "error"],
    ['Error: short-name "x" did not resolve to an alias', "error"],
    ["Error response from daemon: pull access denied for x", "error"],
    ["dial tcp: lookup docker.io: i/o timeout", "platform"],
    ["no space left on device", "platform"],
  ] as const) {
    it(`blames the ${blame} for: ${reason}`, () => assert.equal(creationFailure("x", reason).blame, blame));
  }
});

describe("explainExit()", () => {
  const ended = { status: "exited", isOutOfMemory: false };

  it("leaves an ordinary failure as it is, also one by SIGKILL where memory has no limit", () => {
    for (const exit of [exited(3, "boom"), exited(137)])
      assert.equal(explainExit(COMMAND, exit, ended), exit);
  });

  it("knows a shell that the image lacks by what the first process of either engine says", () => {
    for (const line of [
      "ERROR (catatonit:6): failed to exec pid1: No such file or directory",
      "[FATAL tini (7)] exec bash failed: No such file or directory",
    ]) {
      assert.throws(() => explainExit(COMMAND, exited(1, line), ended), {
        blame: "final",
        message: 'Cannot start the container: image "alpine" has no "bash"',
      });
    }
  });

  it("blames the platform for a container that never ran", () => {
    const exit = exited(125, "Error: OCI runtime error: cgroups are broken");
    assert.throws(() => explainExit(COMMAND, exit, { ...ended, status: "created" }), {
      blame: "platform",
      message: "Cannot start the container: Error: OCI runtime error: cgroups are broken",
    });
  });

  it("says that memory ran out where the engine knows, or where there is a limit and SIGKILL", () => {
    const limited = { ...COMMAND, resources: { cpu: null, memoryBytes: 1000, gpu: null } };
    for (const explained of [
      explainExit(COMMAND, exited(1), { ...ended, isOutOfMemory: true }),
      explainExit(limited, exited(137), ended),
    ]) {
      assert.match(explained.lastErrorLine, /needs more memory than its resources allow/);
    }
  });
});

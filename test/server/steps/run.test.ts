import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLog } from "#server/logs/read-log.js";
import { until } from "#test/until.js";
import { openWorld, runRequest, type World } from "../workers/attempts.js";

describe("run", () => {
  let world: World;
  afterEach(() => world.close());

  it("fills secrets in when the attempt starts, and masks them in the log and in outputs", async () => {
    world = await openWorld({ environment: { HEADWATER_SECRET_KEY: "hunter2" } });
    const request = runRequest('echo "key $KEY"; echo "key=$KEY" > "$HEADWATER_OUTPUT"', {
      env: { KEY: { secret: "KEY" } },
      outputs: { key: { name: "string" } },
    });
    assert.deepEqual(await world.execute(request), { status: "succeeded", outputs: { key: "***" } });
    assert.equal(world.log(), "out key ***\n");
  });

  it("says how an output is written that is missing, and which were written but not declared", async () => {
    world = await openWorld();
    const script = 'echo "row=1" >> "$HEADWATER_OUTPUT"; echo "retryable=false" >> "$HEADWATER_OUTPUT"';
    assert.deepEqual(await world.execute(runRequest(script, { outputs: { rows: { name: "int" } } })), {
      status: "failed",
      class: "error",
      message:
        'Output "rows" is missing: write with echo "rows=…" >> "$HEADWATER_OUTPUT". Written but not declared: "row"',
      retryable: false,
    });
  });

  it("reads the secrets file at each start, so that a rotation needs no restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
    const secretsFile = join(folder, "secrets.json");
    const put = (value: string): void =>
      writeFileSync(secretsFile, JSON.stringify({ KEY: value }), { mode: 0o600 });
    put("first-value");
    world = await openWorld({ secretsFile });
    const request = runRequest('printf %s "$KEY" | wc -c', { env: { KEY: { secret: "KEY" } } });
    await world.execute(request);
    assert.equal(world.log(), "out 11\n");
    put("second");
    await world.execute(request);
    assert.equal(world.log(), "out 6\n");
    chmodSync(secretsFile, 0o644);
    assert.deepEqual(await world.execute(request), {
      status: "failed",
      class: "platform",
      message: `Cannot read the secrets file "${secretsFile}": others than its owner may use it (mode 644); run chmod 600 "${secretsFile}"`,
      retryable: true,
    });
    rmSync(folder, { recursive: true });
  });

  it("masks a secret that the script encodes, and says that one is too short to be masked", async () => {
    world = await openWorld({
      environment: { HEADWATER_SECRET_KEY: "correct horse", HEADWATER_SECRET_PIN: "12" },
    });
    const env = { KEY: { secret: "KEY" }, PIN: { secret: "PIN" } };
    await world.execute(runRequest('echo "user:$KEY" | base64; echo "$PIN"', { env }));
    assert.match(
      world.log(),
      /^sys not masked, shorter than 4 characters: secret "PIN"\nout dXNlcjp\*\*\*Cg==\nout 12\n$/,
    );
  });

  it("compresses a long log when the attempt has ended, and leaves a short one", async () => {
    world = await openWorld();
    await world.execute(runRequest("echo short"));
    assert.equal(world.log(), "out short\n");
    await world.execute(runRequest("seq 1 10000"));
    const folder = join(world.folder, "logs", "run", "step");
    await until("the log is compressed", () => !existsSync(join(folder, "2.log")));
    const { lines } = await readLog(join(folder, "2.log"), { offset: 0, limit: 10_000 });
    assert.deepEqual([lines.length, lines[0]?.text, lines.at(-1)?.text], [10_000, "1", "10000"]);
    assert.deepEqual(readdirSync(folder), ["1.log", "2.log.gz"]);
  });

  it("says which resources nothing holds a plain process to", async () => {
    world = await openWorld();
    const resources = { cpu: null, memoryBytes: 2 ** 30, gpu: 2 };
    await world.execute(runRequest("true", { resources }));
    assert.equal(world.log(), "sys not enforced without an image: resources of gpu 2\n");
  });

  it("says how a script becomes executable that is not", async () => {
    world = await openWorld();
    writeFileSync(join(world.tree, "load.sh"), "echo loading\n", { mode: 0o644 });
    const result = await world.execute(runRequest("./load.sh"));
    assert.match(
      JSON.stringify(result),
      /exited with code 126: .*Permission denied\. Make it executable in Git: git update-index --chmod=\+x FILE/,
    );
  });

  it("ends a step whose processes together have more memory than its limit, and says so", async function () {
    if (process.platform !== "linux") return this.skip();
    world = await openWorld();
    const resources = { cpu: null, memoryBytes: 150 * 2 ** 20, gpu: null };
    const hold = (mebibytes: number): string =>
      `node -e 'const held = Buffer.alloc(${mebibytes} * 2 ** 20, 1); setTimeout(() => held.length, 60_000)'`;
    const script = `${hold(70)} & ${hold(70)} & wait`;
    const result = await world.execute(runRequest(script, { resources }));
    assert.match(
      result.status === "failed" && result.class === "error" ? result.message : JSON.stringify(result),
      /^ended: it needed \d+ MiB of memory, its limit is 150 MiB of memory$/,
    );
    // One that leaves the session counts too, and ends with it.
    const escapes = `setsid ${hold(200)} & echo $!; wait`;
    const escaped = await world.execute(runRequest(escapes, { resources }));
    assert.match(JSON.stringify(escaped), /it needed \d+ MiB of memory, its limit is 150 MiB/);
    const processId = Number(/out (\d+)/.exec(world.log())?.[1]);
    await until("what has escaped is gone", () => !existsSync(`/proc/${processId}/exe`));
    const small = await world.execute(runRequest("node -e 0", { resources }));
    assert.equal(small.status, "succeeded");
  });

  it("fails for good when a secret is missing, and names it", async () => {
    world = await openWorld();
    assert.deepEqual(await world.execute(runRequest("true", { env: { KEY: { secret: "KEY" } } })), {
      status: "failed",
      class: "error",
      message: 'Cannot read secret "KEY": not set in the service',
      retryable: false,
    });
  });

  it("hides the service's environment from scripts, but finds node", async () => {
    world = await openWorld({ environment: { HEADWATER_SECRET_KEY: "hunter2", PRIVATE: "1" } });
    await world.execute(
      runRequest("env | grep -c -e PRIVATE -e SECRET; command -v node > /dev/null && echo node"),
    );
    assert.match(world.log(), /out 0\n/);
    await world.execute(runRequest("command -v node > /dev/null && echo node"));
    assert.equal(world.log(), "out node\n");
  });

  it("stays inside the repository, in a folder that exists", async () => {
    world = await openWorld();
    mkdirSync(join(world.tree, "jobs"));
    await world.execute(runRequest('basename "$PWD"', { workingDirectory: "jobs" }));
    assert.equal(world.log(), "out jobs\n");
    for (const [workingDirectory, state] of [
      ["../tree-two", "it leads out of the repository"],
      ["nope", "the repository has no such folder at this commit"],
    ] as const) {
      const result = await world.execute(runRequest("true", { workingDirectory }));
      assert.equal(
        result.status === "failed" && result.message,
        `Cannot use working_directory "${workingDirectory}": ${state}`,
      );
    }
  });

  it("runs scripts that are longer than an argument may be", async () => {
    world = await openWorld();
    assert.equal(
      (await world.execute(runRequest(`${"# filler\n".repeat(30_000)}echo end`))).status,
      "succeeded",
    );
    assert.equal(world.log(), "out end\n");
  });

  it("stops at the first failing command, with bash also inside a pipe", async () => {
    world = await openWorld();
    const result = await world.execute(runRequest("false | cat; echo not here", { shell: "bash" }));
    assert.equal(result.status === "failed" && result.message, "exited with code 1");
    assert.equal(world.log(), "");
  });

  it("lets scripts write to /dev/stdout and /dev/stderr by name", async () => {
    world = await openWorld();
    await world.execute(runRequest("echo one > /dev/stdout"));
    assert.equal(world.log(), "out one\n");
    assert.equal((await world.execute(runRequest("echo two > /dev/stderr; exit 3"))).status, "failed");
    assert.equal(world.log(), "err two\n");
  });

  it("fails for good on a null byte, which no process can be given", async () => {
    world = await openWorld();
    assert.deepEqual(await world.execute(runRequest("true", { env: { NAME: "a\0b" } })), {
      status: "failed",
      class: "error",
      message: "Cannot start the script: it or one of its variables holds a null byte",
      retryable: false,
    });
  });

  it("cuts a log of 100 MB without stopping the script", async () => {
    world = await openWorld({ maxLogBytes: 1024 * 1024 });
    const result = await world.execute(runRequest("echo first; yes | head -c 100000000; echo last"));
    assert.equal(result.status, "succeeded");
    assert.match(world.log(), /^out first\n[^]+\nsys dropped \d+ bytes here[^\n]+\n[^]+\nout last\n$/);
    assert.ok(world.log().length < 1024 * 1024);
  });

  it("fails by its exit code, whatever it has left for its outputs", async () => {
    world = await openWorld();
    const result = await world.execute(runRequest('mkfifo "$HEADWATER_OUTPUT"; exit 3'));
    assert.deepEqual(result, {
      status: "failed",
      class: "error",
      message: "exited with code 3",
      retryable: true,
      exitCode: 3,
    });
    const left = await world.execute(runRequest('mkfifo "$HEADWATER_OUTPUT"'));
    assert.ok(left.status === "failed" && /not a plain file/.test(left.message));
  });
});

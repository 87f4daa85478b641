import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, openWorld, runRequest, type World } from "../workers/attempts.js";

/** What scripts do that nobody has asked them for: each has a clear end, and the next step runs as ever. */
describe("a script", () => {
  let world: World;
  before(async () => (world = await openWorld({ environment: { HEADWATER_SECRET_KEY: "correct horse" } })));
  afterEach(async () => {
    assert.deepEqual(readdirSync(join(world.folder, "outputs")), [], "its output file is gone");
    assert.equal((await world.execute(runRequest("true"))).status, "succeeded");
  });
  after(() => world.close());

  for (const { does, script, outputs = {}, message, retryable = true } of [
    {
      does: "writes bytes that are no text to its output file",
      script: "printf '\\377\\000\\376rows=1\\n\\033[31m=2' > \"$HEADWATER_OUTPUT\"",
      message:
        /^Cannot read the outputs: line 1 is not `name=value` or `name<<END`: "[^\p{Cc}]+"; line 2 is not [^\p{Cc}]+$/u,
    },
    {
      does: "writes a megabyte of noise to its output file",
      script: 'head -c 1000000 /dev/urandom > "$HEADWATER_OUTPUT"',
      message: /^Cannot read the outputs: line 1 is not [^\p{Cc}]{1,4000}$/u,
    },
    {
      does: "makes its output file 1 GB large",
      script: 'truncate -s 1G "$HEADWATER_OUTPUT"',
      message: /^Cannot read the outputs: the file is 1073741824 bytes, limit is 1048576 bytes$/,
      retryable: false,
    },
    {
      does: "puts a folder where its output file should be",
      script: 'mkdir -p "$HEADWATER_OUTPUT/within"; touch "$HEADWATER_OUTPUT/within/file"',
      message: /^Cannot read the outputs: it is not a plain file$/,
      retryable: false,
    },
    { does: "ends by a signal", script: "echo why >&2; kill -SEGV $$", message: /^killed by SIGSEGV: why$/ },
    {
      does: "writes words to a terminal as the last it says",
      script: "printf 'gone: \\033[31mred\\033[0m\\007\\n' >&2; exit 1",
      message: /^exited with code 1: gone: red$/,
    },
    { does: "kills its own group", script: "kill -KILL 0", message: /^killed by SIGKILL$/ },
    {
      does: "removes its working copy and fails",
      script: 'cd /; rm -rf "$OLDPWD"/*; exit 3',
      message: /^exited with code 3$/,
    },
    {
      does: "removes the folder of its output file",
      script: 'rm -rf "$(dirname "$HEADWATER_OUTPUT")"/*',
      outputs: { rows: { name: "int" } } as const,
      message: /^Output "rows" is missing/,
    },
  ]) {
    it(`that ${does} fails, and says so`, async () => {
      const result = await world.execute(runRequest(script, { outputs }));
      assert.ok(result.status === "failed" && result.class === "error", JSON.stringify(result));
      assert.match(result.message, message);
      assert.equal(result.retryable, retryable);
    });
  }

  it("that closes its output goes on, and ends when it ends", async () => {
    const script = 'echo before; exec >&- 2>&-; sleep 0.3; echo "rows=1" > "$HEADWATER_OUTPUT"';
    const result = await world.execute(runRequest(script, { outputs: { rows: { name: "int" } } }));
    assert.deepEqual(result, { status: "succeeded", outputs: { rows: 1 } });
    assert.equal(world.log(), "out before\n");
  });

  it("that leaves children which hold its output ends at once, and they with it", async () => {
    const children = join(world.folder, "children");
    const script = `for n in 1 2 3; do sleep 600 & echo $! >> ${children}; done; echo begun`;
    assert.equal((await world.execute(runRequest(script))).status, "succeeded");
    const left = readFileSync(children, "utf8").split("\n").filter(Boolean).map(Number);
    assert.deepEqual([left.length, left.filter(isRunning)], [3, []]);
  });

  it("that prints its secret in base64 is masked, in the log, the reason and the outputs", async () => {
    const script = `printf '%s' "$KEY" | base64; printf 'x%s' "$KEY" | base64 >&2
      echo "told=$(printf '%s' "$KEY" | base64)" > "$HEADWATER_OUTPUT"`;
    const request = runRequest(script, {
      env: { KEY: { secret: "KEY" } },
      outputs: { told: { name: "string" } },
    });
    const result = await world.execute(request);
    assert.deepEqual(result, { status: "succeeded", outputs: { told: "***" } });
    assert.doesNotMatch(world.log(), /Y29ycmVjdC|b3JyZWN0/);
    const failed = await world.execute({
      ...request,
      script: `${script}; printf '%s' "$KEY" | base64 >&2; exit 1`,
    });
    assert.equal(failed.status === "failed" && failed.message, "exited with code 1: ***");
  });
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "#test/until.js";
import { openWorld, runRequest, type World } from "../../workers/attempts.js";
import { openPodman, type NoPodman, type RealPodman } from "./real-podman.js";

describe("run with an image, in containers of Podman", function () {
  this.timeout(120_000);
  let real: RealPodman | NoPodman;
  let podman: RealPodman;
  let world: World;
  before(function () {
    real = openPodman();
    if (typeof real === "string") {
      process.stderr.write(`      not tested: ${real}\n`);
      this.skip();
    }
    podman = real;
  });
  after(() => (typeof real === "string" ? undefined : real.close()));
  afterEach(() => world.close());

  const open = async (folder?: string, killAfterMs = 1000): Promise<void> => {
    const secrets = { HEADWATER_SECRET_KEY: "hunter2", HEADWATER_SECRET_PEM: "-----BEGIN\nabcd efgh\n" };
    const environment = { ...podman.environment, ...secrets };
    world = await openWorld({
      environment,
      containers: "podman",
      killAfterMs,
      ...(folder === undefined ? {} : { folder }),
    });
  };
  const own = (): readonly string[] =>
    podman
      .podman("ps", "--all", "--quiet", "--filter", "label=headwater.run=run")
      .split("\n")
      .filter((line) => line !== "");

  it("sees the working copy, its data and its variables, and leaves outputs; nothing stays", async () => {
    await open();
    mkdirSync(join(world.tree, "sub"));
    writeFileSync(join(world.tree, "sub", "in.txt"), "from the tree\n");
    const script = `
      cat in.txt; echo made > out.txt; echo kept > "$HEADWATER_DATA/kept"
      echo "$WORDS"; echo "key $KEY" >&2; echo "$PEM"; test -e /usr || echo "its own root"
      echo "rows=3" >> "$HEADWATER_OUTPUT"`;
    const result = await world.execute(
      runRequest(script, {
        image: podman.image,
        workingDirectory: "sub",
        env: { WORDS: ` "a" $b #c `, KEY: { secret: "KEY" }, PEM: { secret: "PEM" } },
        outputs: { rows: { name: "int" } },
      }),
    );
    assert.deepEqual(result, { status: "succeeded", outputs: { rows: 3 } }, world.log());
    const lines = world
      .log()
      .split("\n")
      .filter((line) => line !== "out ")
      .sort();
    assert.deepEqual(lines, [
      "",
      "err key ***",
      'out  "a" $b #c ',
      "out ***",
      "out from the tree",
      "out its own root",
    ]);
    assert.equal(readFileSync(join(world.tree, "sub", "out.txt"), "utf8"), "made\n");
    assert.equal(readFileSync(join(world.folder, "data", "kept"), "utf8"), "kept\n");
    assert.deepEqual(own(), []);
    assert.deepEqual(readdirSync(join(world.folder, "containers")), ["engine"]);
    assert.deepEqual(readdirSync(join(world.folder, "outputs")), []);
  });

  it("fails by its exit code, by a shell that the image lacks, and by an image that is not there", async () => {
    await open();
    const image = podman.image;
    assert.deepEqual(await world.execute(runRequest("echo no >&2; exit 7", { image })), {
      status: "failed",
      class: "error",
      message: "exited with code 7: no",
      retryable: true,
      exitCode: 7,
    });
    const noShell = await world.execute(runRequest("true", { image, shell: "bash" }));
    assert.match(
      JSON.stringify(noShell),
      /Cannot start the container: image .* has no \\"bash\\"".*"retryable":false/,
    );
    const noImage = await world.execute(runRequest("true", { image: "localhost/headwater-none:1" }));
    assert.match(
      JSON.stringify(noImage),
      /Cannot make a container of image \\"localhost\/headwater-none:1\\": /,
    );
  });

  it("holds it to its memory, and says so", async () => {
    await open();
    const resources = { cpu: 0.5, memoryBytes: 32 * 1024 * 1024, gpu: null };
    const script = "dd if=/dev/zero of=/dev/null bs=200M count=1";
    const result = await world.execute(runRequest(script, { image: podman.image, resources }));
    assert.match(
      JSON.stringify(result),
      /exited with code 137: killed, as is done to what needs more memory/,
    );
  });

  it("ends with a cancel, and with one that is stubborn by SIGKILL", async () => {
    for (const script of ["echo up; sleep 1000", "trap '' TERM; echo up; while true; do sleep 1; done"]) {
      await open();
      const cancel = new AbortController();
      const attempt = world.attempt(runRequest(script, { image: podman.image }));
      const ended = world.workers.execute(attempt, cancel, () => undefined);
      await until("it runs", () => world.log().includes("out up"));
      cancel.abort();
      assert.deepEqual(await ended, { status: "canceled" });
      assert.deepEqual(own(), []);
      await world.close();
    }
    await open();
  });

  it("tells all that the script has started to stop, waits for it, and ends when that is done", async () => {
    await open(undefined, 60_000);
    const child = `sh -c 'trap "sleep 0.3; echo put away by $1; exit 0" TERM; echo up $1; while true; do sleep 0.1; done' child`;
    const script = `${child} one & (${child} two); echo never`;
    const cancel = new AbortController();
    const attempt = world.attempt(runRequest(script, { image: podman.image }));
    const ended = world.workers.execute(attempt, cancel, () => undefined);
    await until("both run", () => ["out up one", "out up two"].every((line) => world.log().includes(line)));
    cancel.abort();
    assert.deepEqual(await ended, { status: "canceled" });
    const lines = world.log().split("\n");
    for (const name of ["one", "two"]) assert.ok(lines.includes(`out put away by ${name}`), world.log());
    assert.ok(!lines.includes("out never"), world.log());
    assert.deepEqual(own(), []);
  });

  it("is removed by the next start when the service was killed with all it had started", async () => {
    await open();
    const attempt = world.attempt(runRequest("echo up; sleep 1000", { image: podman.image }));
    const lost = world.workers.execute(attempt, new AbortController(), () => undefined);
    await until("it runs", () => world.log().includes("out up"));
    const [container = ""] = own();
    // As if the first life ended here: its label and its mark on the folder are all that the next one has.
    podman.podman("container", "exists", container);
    const first = world;
    await open(first.folder);
    assert.deepEqual(own(), []);
    await lost;
    await first.workers.stop();
    assert.ok(existsSync(join(world.folder, "containers", "engine")));
  });
});

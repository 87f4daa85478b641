import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "#test/until.js";
import { openWorld, runRequest, type World } from "../../workers/attempts.js";

const SILENT = "#!/bin/sh\necho 'cannot connect: is it running?' >&2\nexit 1\n";

describe("an engine of containers", () => {
  let world: World;
  const folders: string[] = [];
  afterEach(async () => {
    await world.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A machine on whose PATH there are only these clients. */
  async function messageOn(
    clients: Readonly<Record<string, string>>,
    containers: "auto" | "off" = "auto",
  ): Promise<unknown> {
    const bin = mkdtempSync(join(tmpdir(), "headwater-clients-"));
    folders.push(bin);
    world = await openWorld({ environment: { PATH: bin }, containers });
    for (const [name, script] of Object.entries(clients)) {
      writeFileSync(join(bin, name), script);
      chmodSync(join(bin, name), 0o755);
    }
    return world.execute(runRequest("true", { image: "alpine" }));
  }

  it("that is missing is told, with what to do", async () => {
    assert.deepEqual(await messageOn({}), {
      status: "failed",
      class: "error",
      message:
        "Cannot run a container: this machine has no podman or docker on the service's PATH; install one",
      retryable: false,
    });
  });

  it("that is switched off is not looked for", async () => {
    assert.deepEqual(await messageOn({ podman: "#!/bin/sh\n" }, "off"), {
      status: "failed",
      class: "error",
      message:
        "Cannot run a container: containers are switched off in the service (HEADWATER_CONTAINERS=off)",
      retryable: false,
    });
  });

  it("that does not answer is the platform's failure: it may be starting", async () => {
    assert.deepEqual(await messageOn({ docker: SILENT }), {
      status: "failed",
      class: "platform",
      message: "Cannot run a container: docker does not answer (cannot connect: is it running?)",
      retryable: true,
    });
  });

  it("takes no option for an image", async () => {
    world = await openWorld();
    const result = await world.execute(runRequest("true", { image: "--privileged" }));
    assert.deepEqual(result, {
      status: "failed",
      class: "error",
      message: 'Cannot make a container of image "--privileged": it is no name of an image',
      retryable: false,
    });
  });

  it("that hangs holds up neither a start that is given up nor the stop after it", async () => {
    const bin = mkdtempSync(join(tmpdir(), "headwater-clients-"));
    folders.push(bin);
    writeFileSync(join(bin, "podman"), `#!/bin/sh\ntouch "${bin}/asked"\nexec sleep 1000\n`);
    chmodSync(join(bin, "podman"), 0o755);
    // As an earlier life leaves it that has used containers.
    mkdirSync(join(bin, "data", "containers"), { recursive: true });
    writeFileSync(join(bin, "data", "containers", "engine"), "podman");
    const interrupt = new AbortController();
    const starting = openWorld({
      folder: join(bin, "data"),
      environment: { PATH: `${bin}:${process.env["PATH"] ?? ""}` },
      interrupt: interrupt.signal,
    });
    await until("the engine is asked", () => existsSync(join(bin, "asked")));
    interrupt.abort();
    world = await starting;
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createBuildReader, sumOfPrograms } from "#server/registry/build-id.js";
import { scratchFolder } from "../source/scratch-repository.js";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");
/** After all that is written here. */
const LATER = Date.now() + 3_600_000;
const versions = { node: "20.19.0", tz: "2026a" };

describe("the name of a build", () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let folder: string;

  beforeEach(async () => {
    scratch = await scratchFolder();
    folder = join(scratch.folder, "dist");
    mkdirSync(join(folder, "checks"), { recursive: true });
    writeFileSync(join(folder, "compile.js"), "export const edition = 1;\n");
    writeFileSync(join(folder, "checks", "check.js"), "export {};\n");
    writeFileSync(join(folder, "compile.d.ts"), "export declare const edition: number;\n");
  });
  afterEach(() => scratch.remove());

  const reader = (startedAt = LATER): (() => Promise<string | null>) =>
    createBuildReader({ versions, startedAt, programs: [folder] });

  it("is that of the programs as they were when the service began, whatever is built in their place before it is asked for", async () => {
    const before = await reader()();
    assert.match(before ?? "", /^[0-9a-f]{64}$/);
    const started = reader();
    writeFileSync(join(folder, "compile.js"), "export const edition = 2;\n");
    assert.equal(await started(), before);
    assert.notEqual(await reader()(), before);
  });

  it("is not known where a program was written after the process had begun, which may run what was there before", async () => {
    assert.equal(await reader(0)(), null);
  });

  it("is read again where it could not be read", async () => {
    const before = await reader()();
    renameSync(folder, `${folder}.away`);
    const started = reader();
    assert.equal(await started(), null);
    renameSync(`${folder}.away`, folder);
    assert.equal(await started(), before);
  });

  it("is another one where a program is moved, or its text goes on in its neighbour, and the same whatever is no program", async () => {
    const before = await reader()();
    writeFileSync(join(folder, "compile.d.ts"), "");
    assert.equal(await reader()(), before);
    renameSync(join(folder, "checks", "check.js"), join(folder, "check.js"));
    const moved = await reader()();
    renameSync(join(folder, "check.js"), join(folder, "checkscheck.js"));
    const renamed = await reader()();
    assert.equal(new Set([before, moved, renamed]).size, 3);
  });

  it("depends on what the programs run on", async () => {
    const other = createBuildReader({
      versions: { ...versions, tz: "2026b" },
      startedAt: LATER,
      programs: [folder],
    });
    assert.notEqual(await other(), await reader()());
  });

  it("is of the service's own programs by default", async () => {
    const own = createBuildReader({ versions, startedAt: LATER });
    assert.match((await own()) ?? "", /^[0-9a-f]{64}$/);
  });

  it("is in the bundle that of the programs which it was made of, whatever lies beside it later", async () => {
    const bundle = `import { bundleCommand } from "./scripts/bundled-programs.mjs"; await bundleCommand();`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", bundle], { cwd: ROOT });
    const out = join(ROOT, "cli", "out");
    const texts = readdirSync(out)
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(join(out, name), "utf8"));
    const sum = sumOfPrograms() ?? assert.fail();
    assert.ok(texts.some((text) => text.includes(sum)));
  });
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { until } from "#test/until.js";
import { createSourceWorld, type SourceWorld } from "../source-world.js";

/** What git gave a command that says nothing, where nobody says otherwise. */
const SILENCE_MS = 60_000;

describe("packing a mirror that takes git long", () => {
  let folder: string;
  let world: SourceWorld;
  let id: string;
  let stop: AbortController;
  let tidied: Promise<number>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-gc-"));
    stop = new AbortController();
    world = await createSourceWorld({ source: { environment: { ...process.env, PATH: slowGit(folder) } } });
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    ({ id } = await world.source.addRepository({ url: world.origin.folder }));
    tidied = world.source.tidy(stop.signal);
    await until("gc runs", () => existsSync(join(folder, "here")));
  });
  afterEach(async () => {
    writeFileSync(join(folder, "go"), "");
    await world.end();
    rmSync(folder, { recursive: true });
  });

  it("is not ended while it says nothing, and fetches go on beside it", async () => {
    world.clock.advance(SILENCE_MS + 1000);
    const commit = await world.origin.commit({ "headwater.yaml": "project: other\n" });
    await world.source.syncRepository(id);
    assert.equal(world.announced.at(-1), commit);
    assert.equal(existsSync(join(folder, "done")), false);
    writeFileSync(join(folder, "go"), "");
    await tidied;
    assert.equal(existsSync(join(folder, "done")), true);
    assert.deepEqual(world.warnings, []);
    assert.equal((await world.source.readTree(id, commit)).paths.length, 1);
  });

  it("is ended when somebody keeps a commit that no ref may have kept, which has to be there", async () => {
    const between = await world.origin.commit({ "headwater.yaml": "project: between\n" });
    await world.origin.commit({ "headwater.yaml": "project: other\n" });
    await world.source.syncRepository(id);
    await world.source.keepCommit(id, between);
    assert.equal(await tidied, 0);
    await assert.rejects(world.source.keepCommit(id, "0123456789".repeat(4)), { code: "not-found" });
  });

  it("is ended when housekeeping stops", async () => {
    stop.abort();
    assert.equal(await tidied, 0);
    assert.deepEqual(world.warnings, []);
  });

  it("is ended when its repository is removed", async () => {
    await world.source.removeRepository(id);
    assert.equal(await tidied, 0);
    assert.deepEqual(world.warnings, []);
  });
});

/** A git whose `gc` waits until the file `go` is there. Returns where it is found. */
function slowGit(folder: string): string {
  const path = process.env["PATH"] ?? "";
  const script = `#!/bin/sh
PATH='${path}'
case " $* " in
  *" gc "*)
    touch '${folder}/here'
    while [ ! -e '${folder}/go' ]; do sleep 0.05; done
    git "$@" && touch '${folder}/done'
    exit
    ;;
esac
exec git "$@"
`;
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "git"), script, { mode: 0o755 });
  return `${join(folder, "bin")}:${path}`;
}

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createSourceWorld, type SourceWorld } from "../source-world.js";

describe("a git that the machine ends", () => {
  let folder: string;
  let world: SourceWorld;
  let id: string;
  let mirror: string;
  let inode: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-damage-"));
    world = await createSourceWorld({ source: { environment: { ...process.env, PATH: mortalGit(folder) } } });
    await world.origin.commit({ "headwater.yaml": "project: growth\n" });
    ({ id } = await world.source.addRepository({ url: world.origin.folder }));
    mirror = join(world.dataFolder, "mirrors", `${id}.git`);
    inode = statSync(mirror).ino;
    // What reads objects is alive, and remembers what it has read.
    await world.restart();
  });
  afterEach(async () => {
    await world.end();
    rmSync(folder, { recursive: true });
  });

  /** That command is ended so many times from now on, or one that it has started. */
  const end = (command: string, times = 100, who: "itself" | "helper" = "itself"): void =>
    writeFileSync(join(folder, `no-${command}`), `${who}\n`.repeat(times));

  it("makes no mirror anew that is whole, also where nobody can be asked whether it is", async () => {
    const { headCommit } = await world.row();
    for (const command of ["cat-file", "rev-list"]) {
      end(command);
      await assert.rejects(world.source.readTree(id, headCommit ?? ""), { code: "repository-unreachable" });
    }
    for (const name of readdirSync(folder).filter((each) => each.startsWith("no-")))
      rmSync(join(folder, name));
    assert.equal((await world.source.readTree(id, headCommit ?? "")).paths.length, 1);
    assert.equal(statSync(mirror).ino, inode);
    assert.deepEqual(world.warnings, []);
  });

  for (const who of ["itself", "helper"] as const) {
    it(`is told where it fetches, and leaves a mirror that is whole: ${who}`, async () => {
      await world.origin.commit({ "headwater.yaml": "project: sales\n" });
      end("fetch", 100, who);
      await assert.rejects(world.source.syncRepository("flows"), {
        code: "repository-unreachable",
        message: /: git was ended on the machine of the service, .* memory runs out: /,
      });
      rmSync(join(folder, "no-fetch"));
      await world.source.syncRepository("flows");
      assert.equal(statSync(mirror).ino, inode);
    });
  }

  it("makes a mirror anew that is damaged where each fetch into it is ended", async () => {
    await loseTree();
    const commit = await world.origin.commit({ "headwater.yaml": "project: sales\n" });
    end("fetch");
    await world.source.syncRepository("flows");
    assert.equal((await world.row()).headCommit, commit);
    assert.notEqual(statSync(mirror).ino, inode);
  });

  it("makes a mirror anew that is damaged all the same", async () => {
    const headCommit = await loseTree();
    // It is asked twice before anybody takes it for damaged.
    end("cat-file", 2);
    assert.equal((await world.source.readTree(id, headCommit)).paths.length, 1);
    assert.notEqual(statSync(mirror).ino, inode);
  });

  /** The head, whose files the mirror has no more. */
  async function loseTree(): Promise<string> {
    const { headCommit } = await world.row();
    const tree = execFileSync("git", ["rev-parse", `${headCommit}^{tree}`], {
      cwd: mirror,
      encoding: "utf8",
    }).trim();
    execFileSync("git", ["unpack-objects", "-q"], { cwd: mirror, input: takePacks() });
    rmSync(join(mirror, "objects", tree.slice(0, 2), tree.slice(2)));
    return headCommit ?? "";
  }

  /** The one pack of the mirror, which has it no more. */
  function takePacks(): Buffer {
    const packs = join(mirror, "objects", "pack");
    const pack = readdirSync(packs).find((name) => name.endsWith(".pack")) ?? "";
    const content = execFileSync("cat", [join(packs, pack)]);
    for (const name of readdirSync(packs)) rmSync(join(packs, name));
    return content;
  }
});

/** A `PATH` whose git is ended by a signal in the mirror, but not in one that is being made, where there is a file of the name of its command. */
function mortalGit(folder: string): string {
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const programs = join(folder, "bin");
  mkdirSync(programs);
  const script = `#!/bin/sh
for argument; do
  if [ "\${GIT_DIR%.git}" != "$GIT_DIR" ] && [ -s "${folder}/no-$argument" ]; then
    who=$(tail -n 1 "${folder}/no-$argument")
    sed -i '$d' "${folder}/no-$argument"
    if [ "$who" = itself ]; then kill -KILL $$; fi
    echo "error: index-pack died of signal 9" >&2
    exit 128
  fi
done
exec "${git}" "$@"
`;
  writeFileSync(join(programs, "git"), script, { mode: 0o755 });
  return `${programs}:${process.env["PATH"] ?? ""}`;
}

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { loadLibc } from "#server/processes/libc.js";
import { nodeSpawn } from "#server/processes/node-spawn.js";
import { createPosixSpawn } from "#server/processes/posix-spawn.js";
import type { StartCommand, StartProcess } from "#server/processes/started-process.js";

const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
const isLinux = process.platform === "linux";

describeStart("nodeSpawn()", () => nodeSpawn);
const libc = loadLibc();
if (libc !== null) describeStart("createPosixSpawn()", () => createPosixSpawn(libc));

describe("loadLibc()", () => {
  it("answers on Linux, and on no other system", () => {
    assert.equal(libc !== null, isLinux);
  });
});

/** What every way to start a process keeps. */
function describeStart(name: string, create: () => StartProcess): void {
  describe(`${name} as a way to start processes`, () => {
    const start = create();
    let folder = "";
    before(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "headwater-start-")))));
    after(() => rmSync(folder, { recursive: true, force: true }));

    const shell = (script: string, rest: Partial<StartCommand> = {}): StartCommand => ({
      file: "sh",
      args: ["-c", script],
      cwd: folder,
      env: { PATH },
      ...rest,
    });
    const run = async (
      command: StartCommand,
    ): Promise<{ code: number | null; signal: string | null; out: string; err: string }> => {
      const started = await start(command);
      const [out, err] = await Promise.all([text(started.stdout), text(started.stderr)]);
      return { ...(await started.exited), out, err };
    };

    it("is talked to where that was asked for, and has nothing to read where it was not", async () => {
      const { stdin, stdout, exited } = await start(shell("cat", { isTalkedTo: true }));
      stdin?.write("one\n");
      stdin?.end("two");
      assert.equal(await text(stdout), "one\ntwo");
      assert.deepEqual(await exited, { code: 0, signal: null });
      const silent = await start(shell("cat"));
      assert.equal(silent.stdin, null);
      assert.equal(await text(silent.stdout), "");
    });

    it("is heard of, however soon it ends, and leaves no listener behind", async () => {
      const before = process.listenerCount("SIGCHLD");
      for (let round = 0; round < 50; round += 1) assert.equal((await run(shell("exit 3"))).code, 3);
      // Those of others in this process may have gone meanwhile.
      assert.ok(process.listenerCount("SIGCHLD") <= before);
    });

    it("gives exactly the variables, whatever their names", async () => {
      const env = {
        PATH,
        "name.with-odd signs": "1",
        LC_ALL: "nowhere",
        SHELLOPTS: "x",
        RANDOM: "ü\n\\'\"$(id)",
      };
      const { out } = await run({ file: "env", args: ["-0"], cwd: folder, env });
      const expected = Object.entries(env).map(([key, value]) => `${key}=${value}`);
      assert.deepEqual(out.split("\0").filter(Boolean).sort(), expected.sort());
    });

    it("gives the arguments byte by byte, the name first, in the folder", async () => {
      const nasty = `'"\`$(touch broken)\\\n;&|${"ü".repeat(50_000)}`;
      const command = shell('printf "%s|" "$0" "$1" "$PWD"; ls', {
        args: ["-c", 'printf "%s|" "$0" "$1" "$PWD"; ls', "me", nasty],
      });
      assert.equal((await run(command)).out, `me|${nasty}|${folder}|`);
      assert.equal((await run(shell('printf %s "$0"'))).out, "sh");
    });

    it("takes a megabyte of variables", async () => {
      const many = Array.from({ length: 20 }, (_, index) => [`V${index}`, "x".repeat(50_000)] as const);
      const command = shell('printf %s "$V0$V19" | wc -c', { env: { PATH, ...Object.fromEntries(many) } });
      assert.equal((await run(command)).out.trim(), "100000");
    });

    it("tells an exit code from a signal of the same number", async () => {
      const codes = await Promise.all(
        ["exit 0", "exit 143", "exit 255", "kill -TERM $$", "kill -KILL $$"].map((script) =>
          run(shell(script)),
        ),
      );
      assert.deepEqual(
        codes.map(({ code, signal }) => code ?? signal),
        [0, 143, 255, "SIGTERM", "SIGKILL"],
      );
    });

    it("answers each of many at once with its own end and output", async () => {
      const all = Array.from({ length: 40 }, (_, index) => run(shell(`echo ${index}; exit ${index}`)));
      const ends = (await Promise.all(all)).map(({ code, out }) => [code, Number(out)]);
      assert.deepEqual(
        ends,
        ends.map((_, index) => [index, index]),
      );
    });

    it("gives nothing to read", async () => {
      assert.equal((await run(shell("cat; echo end"))).out, "end\n");
    });

    it("closes its pipes when the last who holds them ends, whoever was started meanwhile", async () => {
      const other = await start(shell("exec sleep 1000"));
      const first = await start(shell("echo out; echo err >&2"));
      const later = await start(shell("exec sleep 1000"));
      assert.deepEqual([await text(first.stdout), await text(first.stderr)], ["out\n", "err\n"]);
      for (const { processId, exited } of [other, later]) {
        process.kill(processId, "SIGKILL");
        assert.deepEqual(await exited, { code: null, signal: "SIGKILL" });
      }
    });

    it("searches the PATH that the process will have, beginning in its folder", async () => {
      writeFileSync(join(folder, "mine"), "#!/bin/sh\necho mine\n", { mode: 0o755 });
      const nowhere = { ...shell(""), file: "mine", args: [] };
      assert.equal((await run({ ...nowhere, env: { PATH: `/nowhere:.:${PATH}` } })).out, "mine\n");
      await assert.rejects(start({ ...nowhere, env: { PATH: "/nowhere" } }), { code: "ENOENT" });
      await assert.rejects(start({ ...nowhere, file: "./mine-not" }), { code: "ENOENT" });
    });

    it("refuses what the operating system refuses, by its code, and goes on", async () => {
      await assert.rejects(start(shell("true", { cwd: join(folder, "nope") })), { code: "ENOENT" });
      await assert.rejects(start(shell("true", { env: { PATH, A: "x".repeat(4_000_000) } })), {
        code: "E2BIG",
      });
      for (const broken of [shell("a\0b"), shell("true", { env: { PATH, A: "a\0b" } })]) {
        await assert.rejects(start(broken), { code: "ERR_INVALID_ARG_VALUE" });
      }
      assert.equal((await run(shell("true"))).code, 0);
    });

    if (!isLinux) return;

    it("makes it lead a session and a group of its own", async () => {
      const started = await start(shell("read -r stat < /proc/$$/stat; echo $stat"));
      const [processId, , , , group, session] = (await text(started.stdout)).split(" ").map(Number);
      const id = started.processId;
      assert.deepEqual([processId, group, session], [id, id, id]);
    });

    it("hands down no other descriptor, and no signal that is blocked or ignored", async () => {
      const listing = "ls /proc/$$/fd";
      // Whoever started the tests may have handed down some, which are not ours to close.
      const handedDown = execFileSync("sh", ["-c", listing], { encoding: "utf8" });
      const other = await start(shell("exec sleep 1000"));
      assert.equal((await run(shell(listing))).out, handedDown);
      process.kill(other.processId, "SIGKILL");
      // By the shell alone: while it starts a program it blocks all signals itself.
      const look = 'while read -r line; do case $line in SigBlk* | SigIgn*) echo "$line" ;; esac; done';
      const signals = await run(shell(`${look} < /proc/$$/status`));
      assert.equal(signals.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    });
  });
}

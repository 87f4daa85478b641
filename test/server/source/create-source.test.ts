import assert from "node:assert/strict";
import { mkdir, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { newRun } from "../store/store-rows.js";
import { startGitServer } from "./git-server.js";
import { createSourceWorld, type SourceWorld } from "./source-world.js";

const WORKFLOW = "workflow: first\nsteps: { one: { noop: {} } }\n";
const FILES = { "headwater.yaml": "project: growth\n", "a.workflow.yaml": WORKFLOW };

describe("a source", () => {
  let world: SourceWorld;
  beforeEach(async () => (world = await createSourceWorld()));
  afterEach(() => world.end());

  it("announces the head of a repository when it is added, and its tree is readable", async () => {
    const commit = await world.origin.commit({ ...FILES, "README.md": "hello", "sql/q.sql": "select 1" });
    const row = await world.source.addRepository({ url: world.origin.folder });
    assert.deepEqual(world.announced, [commit]);
    assert.equal(world.clock.pending, 1, "only the next poll is waited for");
    assert.deepEqual(
      { name: row.name, branch: row.branch, headCommit: row.headCommit, problem: row.problem },
      { name: "flows", branch: "main", headCommit: commit, problem: null },
    );
    const tree = await world.source.readTree(row.id, commit);
    assert.deepEqual(tree.paths, ["README.md", "a.workflow.yaml", "headwater.yaml", "sql/q.sql"]);
    assert.equal(text(tree.read("a.workflow.yaml")), WORKFLOW);
    assert.equal(text(tree.read("sql/q.sql")), "select 1");
    assert.equal(tree.read("README.md"), undefined);
    assert.equal(tree.contentId("README.md"), await world.origin.blob("hello"));
    assert.equal(tree.contentId("absent"), undefined);
    const description = await world.source.describeCommit(row.id, commit);
    assert.deepEqual([description.author, description.subject], ["Ada", "A change"]);
  });

  it("answers after ten seconds when the first deployment takes longer, and goes on with it", async () => {
    let deploy: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const slow = await createSourceWorld({
      onCommit: () =>
        new Promise((resolve) => {
          deploy = resolve;
          begun();
        }),
    });
    const commit = await slow.origin.commit(FILES);
    const adding = slow.source.addRepository({ url: slow.origin.folder });
    await hasBegun;
    slow.clock.advance(10_000);
    assert.equal((await adding).headCommit, commit);
    assert.deepEqual(slow.announced, []);
    deploy();
    await slow.until(() => slow.announced.length > 0);
    await slow.end();
  });

  it("finds a push by polling, and none when there was none", async () => {
    await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    const second = await world.origin.commit({ ...FILES, "b.sql": "" });
    world.passPollInterval();
    await world.until(() => world.announced.at(-1) === second);
    world.passPollInterval();
    await world.source.removeRepository("flows"); // Waits for the turn that has begun.
    assert.equal(world.announced.length, 2);
  });

  it("finds a push at once on a hint, however the URL is written", async () => {
    await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    for (const url of [world.origin.folder, `file://${world.origin.folder.replace(/\.git$/, "")}/`, null]) {
      const commit = await world.origin.commit({ ...FILES, "b.sql": String(url) });
      assert.equal(await world.source.hint(url), 1);
      await world.until(() => world.announced.at(-1) === commit);
    }
    assert.equal(await world.source.hint("https://example.com/other"), 0);
  });

  it("leaves a hint alone whose ref is of no branch that it follows, of whatever address, also after a move", async () => {
    await world.origin.commit(FILES);
    await world.origin.git("branch", "trunk", "main");
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const url = world.origin.folder;
    const heard = async (...refs: readonly string[]) =>
      Promise.all(refs.map((ref) => world.source.hint(url, ref)));
    assert.deepEqual(await heard("refs/heads/main", "refs/heads/trunk", "refs/tags/main"), [1, 0, 0]);
    assert.equal(await world.source.hint(null, "refs/heads/trunk"), 0);
    await world.source.changeRepository(id, { branch: "trunk" });
    assert.deepEqual(await heard("refs/heads/main", "refs/heads/trunk"), [0, 1]);
    await world.source.removeRepository(id);
    assert.deepEqual(await heard("refs/heads/trunk"), [0]);
  });

  it("sync sees what was pushed before it was called, also while a turn is going", async () => {
    await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    const going = world.source.syncRepository("flows");
    const commit = await world.origin.commit({ ...FILES, "b.sql": "2" });
    const row = await world.source.syncRepository("flows");
    await going;
    assert.equal(row.headCommit, commit);
    assert.equal(world.announced.at(-1), commit);
  });

  it("sync announces again what its own turn finds, not what a turn found that was going", async () => {
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      const first = await world.origin.commit(FILES);
      await world.source.addRepository({ url: `${server.url}/flows.git` });
      const held = server.hold();
      world.passPollInterval();
      await held.reached;
      const second = await world.origin.commit({ ...FILES, "b.sql": "2" });
      const synced = world.source.syncRepository("flows");
      held.release();
      await synced;
      assert.deepEqual(world.announced, [first, second]);
    } finally {
      await server.stop();
    }
  });

  it("follows a branch over HTTP, and says in words when the host fails and when it is back", async () => {
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      await world.origin.commit(FILES, { branch: "develop" });
      const url = `${server.url}/flows.git`;
      await world.source.addRepository({ url, branch: "develop", name: "growth" });
      server.fail(503);
      await assert.rejects(world.source.syncRepository("growth"), { code: "repository-unreachable" });
      assert.match(
        (await world.row()).problem ?? "",
        /^Cannot read "http:.*flows\.git": the host broke the connection off$/,
      );
      server.fail(null);
      const commit = await world.origin.commit({ ...FILES, "b.sql": "" }, { branch: "develop" });
      const row = await world.source.syncRepository("growth");
      assert.deepEqual([row.problem, row.headCommit], [null, commit]);
    } finally {
      await server.stop();
    }
  });

  it("asks a failing host less and less often", async () => {
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      await world.origin.commit(FILES);
      await world.source.addRepository({ url: `${server.url}/flows.git` });
      server.fail(500);
      world.passPollInterval();
      await world.until(async () => (await world.row()).problem !== null);
      const asked = server.requests();
      world.clock.advance(7000); // Twice the interval is 10 s; with the jitter no less than 8 s.
      assert.equal(server.requests(), asked);
    } finally {
      await server.stop();
    }
  });

  it("makes one fetch of a storm of hooks, and none of a hook that comes again changes anything", async () => {
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      const first = await world.origin.commit(FILES);
      const url = `${server.url}/flows.git`;
      await world.source.addRepository({ url });
      const before = server.requests();
      await world.source.hint(url);
      await world.source.syncRepository("flows");
      const ofTwoTurns = server.requests() - before;
      const held = server.hold();
      const going = world.source.syncRepository("flows");
      await held.reached;
      const second = await world.origin.commit({ ...FILES, "b.sql": "2" });
      const asked = server.requests();
      for (let count = 0; count < 1000; count += 1) await world.source.hint(count % 2 === 0 ? url : null);
      held.release();
      await going;
      await world.until(() => world.announced.at(-1) === second);
      await world.source.removeRepository("flows"); // Waits for what has begun.
      assert.ok(server.requests() - asked <= ofTwoTurns + 2, String(server.requests() - asked));
      assert.deepEqual([...new Set(world.announced)], [first, second]);
    } finally {
      await server.stop();
    }
  });

  it("asks once with each poll, by one request, and nothing else, while nothing is new", async () => {
    const server = await startGitServer(join(world.folder, "hosts"));
    try {
      await world.origin.commit(FILES);
      const url = `${server.url}/flows.git`;
      await world.source.addRepository({ url });
      const asked = async (action: () => Promise<unknown>): Promise<number> => {
        const before = server.requests();
        await action();
        return server.requests() - before;
      };
      const polled = await asked(async () => {
        const { checkedAt } = await world.row();
        world.clock.advance(60_000); // So much later it is written down.
        await world.until(async () => (await world.row()).checkedAt !== checkedAt);
      });
      assert.equal(polled, 1);
    } finally {
      await server.stop();
    }
  });

  it("keeps the commits that it finds on a hint, for git too", async () => {
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const second = await world.origin.commit({ ...FILES, "b.sql": "2" }, { orphan: true });
    await world.source.syncRepository(id);
    const mirror = join(world.dataFolder, "mirrors", `${id}.git`);
    const refs = await world.origin.git(
      "--git-dir",
      mirror,
      "for-each-ref",
      "--format=%(refname:lstrip=3)",
      "refs/headwater/commits",
    );
    assert.deepEqual(refs.split("\n"), [first, second].sort());
  });

  it("follows a repository whose ids are of SHA-256", async () => {
    await rm(world.origin.folder, { recursive: true });
    await mkdir(world.origin.folder);
    await world.origin.git(
      "init",
      "--bare",
      "--quiet",
      "--object-format=sha256",
      "--initial-branch=main",
      ".",
    );
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const second = await world.origin.commit({ ...FILES, "sql/b.sql": "select 2" });
    await world.source.syncRepository(id);
    assert.deepEqual([world.announced, second.length], [[first, second], 64]);
    const tree = await world.source.readTree(id, second);
    assert.equal(Buffer.from(tree.read("sql/b.sql") ?? []).toString(), "select 2");
    await world.source.checkOut({ id: "run_1", repositoryId: id, commit: second });
  });

  it("follows a forced push to unrelated history, and still reads what was there", async () => {
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const other = await world.origin.commit({ "c.workflow.yaml": WORKFLOW }, { orphan: true });
    await world.source.syncRepository(id);
    assert.deepEqual(world.announced, [first, other]);
    assert.deepEqual((await world.source.readTree(id, first)).paths, ["a.workflow.yaml", "headwater.yaml"]);
  });

  it("reports a deleted branch with those that exist and goes on when it is back", async () => {
    const first = await world.origin.commit(FILES);
    await world.origin.git("branch", "maint", "main");
    await world.source.addRepository({ url: world.origin.folder });
    await world.origin.git("update-ref", "-d", "refs/heads/main");
    await assert.rejects(world.source.syncRepository("flows"), {
      code: "branch-not-found",
      message: /no such branch\. There is "maint"$/,
    });
    assert.equal((await world.row()).headCommit, first);
    await world.origin.git("branch", "main", "maint");
    assert.equal((await world.source.syncRepository("flows")).problem, null);
  });

  it("announces the head again after a restart, also when the host is gone", async () => {
    const commit = await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    await rm(world.origin.folder, { recursive: true });
    await world.restart();
    await world.until(async () => world.announced.length > 1 && (await world.row()).problem !== null);
    assert.deepEqual(world.announced, [commit, commit]);
    assert.match((await world.row()).problem ?? "", /there is no such folder on the machine of the service/);
  });

  it("makes a mirror anew that was damaged, while it is followed and while it is read", async () => {
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const mirror = join(world.dataFolder, "mirrors", `${id}.git`);
    await rm(join(mirror, "objects"), { recursive: true });
    await rm(join(mirror, "HEAD"));
    const second = await world.origin.commit({ ...FILES, "b.sql": "2" });
    await world.source.syncRepository(id);
    assert.equal(world.announced.at(-1), second);
    await rm(join(mirror, "objects"), { recursive: true });
    await mkdir(join(mirror, "objects"));
    await world.source.checkOut({ id: "run_1", repositoryId: id, commit: second });
    assert.equal((await world.source.readTree(id, first)).paths.length, 2);
    assert.ok(world.warnings.some((warning) => warning.startsWith("Makes a damaged mirror anew")));
  });

  it("goes on over a lock that a killed fetch left behind, and clears away half-made mirrors", async () => {
    await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const mirrors = join(world.dataFolder, "mirrors");
    await writeFile(join(mirrors, `${id}.git`, "refs", "headwater", "head.lock"), "");
    await mkdir(join(mirrors, `${id}.git.new_1`));
    const commit = await world.origin.commit({ ...FILES, "b.sql": "" });
    await world.restart();
    await world.until(() => world.announced.at(-1) === commit);
    assert.deepEqual(await readdir(mirrors), [`${id}.git`]);
  });

  it("brings back a mirror that a kill left aside while it was replaced, with the commits it kept", async () => {
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const mirrors = join(world.dataFolder, "mirrors");
    const mirror = join(mirrors, `${id}.git`);
    await rm(world.origin.folder, { recursive: true });
    await rename(mirror, `${mirror}.old`);
    await world.restart();
    assert.equal((await world.source.readTree(id, first)).paths.length, 2);
    assert.deepEqual(await readdir(mirrors), [`${id}.git`]);
  });

  it("keeps the identity of a repository that was renamed, moved, or has another branch now", async () => {
    const first = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    await world.origin.git("branch", "--move", "main", "trunk");
    const second = await world.origin.commit({ ...FILES, "b.sql": "2" }, { branch: "trunk" });
    await assert.rejects(world.source.syncRepository(id), { code: "branch-not-found", message: /"trunk"/ });
    const moved = join(world.folder, "hosts", "moved.git");
    await rename(world.origin.folder, moved);
    const wrong = { url: moved, branch: "main" };
    await assert.rejects(world.source.changeRepository(id, wrong), { code: "branch-not-found" });
    const row = await world.source.changeRepository(id, { url: moved, branch: "trunk", name: "growth" });
    assert.deepEqual(
      [row.id, row.name, row.url, row.branch, row.headCommit, row.problem],
      [id, "growth", moved, "trunk", second, null],
    );
    assert.equal(world.announced.at(-1), second);
    await world.restart();
    assert.deepEqual((await world.source.readTree(id, first)).paths.length, 2);
    await assert.rejects(world.source.changeRepository("flows", {}), { code: "repository-not-found" });
    await rename(moved, world.origin.folder);
  });

  it("forgets the commits that nobody needs any more, packs the mirror, and reads the others as before", async () => {
    const lost = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    const kept = await world.origin.commit({ ...FILES, "b.sql": "2" }, { orphan: true });
    await world.source.syncRepository(id);
    const head = await world.origin.commit({ ...FILES, "c.sql": "3" }, { orphan: true });
    await world.source.syncRepository(id);
    await world.store.createRuns([newRun("run_1", { repositoryId: id, commit: kept })]);
    const signal = new AbortController().signal;
    const refs = join(world.dataFolder, "mirrors", `${id}.git`, "refs", "headwater", "commits");
    const keptSince = async (ms: number): Promise<void> => {
      for (const name of await readdir(refs)) await utimes(join(refs, name), ms / 1000, ms / 1000);
    };
    await keptSince(world.clock.now());
    assert.equal(await world.source.tidy(signal), 0, "what was kept just now is spared");
    await keptSince(0);
    assert.equal(await world.source.tidy(signal), 1);
    assert.deepEqual((await readdir(refs)).sort(), [head, kept].sort());
    await world.restart();
    assert.equal((await world.source.readTree(id, kept)).paths.length, 3);
    assert.equal((await world.source.readTree(id, head)).paths.length, 3);
    const next = await world.origin.commit({ ...FILES, "d.sql": "4" });
    await world.source.syncRepository(id);
    assert.equal(world.announced.at(-1), next);
    assert.notEqual(lost, kept);
  });

  it("removes a repository with all it kept", async () => {
    const commit = await world.origin.commit(FILES);
    const { id } = await world.source.addRepository({ url: world.origin.folder });
    await world.source.removeRepository("flows");
    assert.deepEqual(await readdir(join(world.dataFolder, "mirrors")), []);
    await assert.rejects(world.source.readTree(id, commit), { code: "repository-not-found" });
  });

  it("goes on following a repository whose removal the store refuses, and removes it when it does not", async () => {
    await world.origin.commit(FILES);
    await world.source.addRepository({ url: world.origin.folder });
    await world.store.stop();
    await assert.rejects(world.source.removeRepository("flows"), { code: "store-stopped" });
    await world.store.start();
    const commit = await world.origin.commit({ ...FILES, "b.sql": "2" });
    assert.equal(await world.source.hint(world.origin.folder), 1);
    await world.until(() => world.announced.at(-1) === commit);
    await world.source.removeRepository("flows");
    assert.deepEqual(await world.store.listRepositories(), []);
  });

  describe("refuses to add", () => {
    const refusals: readonly (readonly [what: string, url: string, code: string])[] = [
      ["an option in the place of a URL", "--upload-pack=touch pwned", "bad-request"],
      ["a remote helper", "ext::sh -c touch% pwned", "bad-request"],
      ["an ssh option in the place of a host", "ssh://-oProxyCommand=touch%20pwned/x", "bad-request"],
      ["a relative path", "flows", "bad-request"],
      ["plain http to another machine", "http://example.com/flows", "bad-request"],
      ["a folder that is not there", "/nonexistent/flows", "repository-unreachable"],
      ["a host that is not there", "http://127.0.0.1:9/flows", "repository-unreachable"],
    ];
    for (const [what, url, code] of refusals) {
      it(what, () => assert.rejects(world.source.addRepository({ url }), { code }));
    }

    it("a folder that is no repository, and a file, each with what to do", async () => {
      const file = join(world.folder, "notes");
      await writeFile(file, "");
      for (const [url, kind] of [
        [world.folder, "folder"],
        [`file://${world.folder}`, "folder"],
        [file, "file"],
      ] as const) {
        await assert.rejects(world.source.addRepository({ url }), {
          message: `Cannot read "${url}": the ${kind} is no Git repository. Make it one with git init and a first commit, or give the path of one`,
        });
      }
    });

    it("a name that is taken, together with what else is wrong", async () => {
      const url = world.origin.folder;
      await world.origin.commit(FILES);
      await world.source.addRepository({ url });
      const taken = `Cannot add repository "flows": the name is taken by "${url}". Give another one, with --name on the command line`;
      const code = "repository-exists";
      await assert.rejects(world.source.addRepository({ url }), { code, message: taken });
      await assert.rejects(world.source.addRepository({ url, branch: "nope" }), {
        code,
        message: `${taken}. And: Cannot read branch "nope" of "${url}": there is no such branch. There is "main"`,
      });
    });

    it("a URL with a password, without repeating it", () =>
      assert.rejects(
        world.source.addRepository({ url: "https://ada:hunter2@example.com/flows" }),
        (error: Error) => {
          assert.match(error.message, /carries a credential.*HEADWATER_GIT_CREDENTIALS_FILE/);
          assert.ok(!error.message.includes("hunter2"));
          return true;
        },
      ));

    it("an empty repository", () =>
      assert.rejects(
        world.source.addRepository({ url: world.origin.folder }),
        /the repository is empty\. Push a first commit/,
      ));

    it("a branch that is not there, naming those that are, the nearest first", async () => {
      await world.origin.commit(FILES);
      await world.origin.git("branch", "release", "main");
      await assert.rejects(world.source.addRepository({ url: world.origin.folder, branch: "mian" }), {
        code: "branch-not-found",
        message: /There is "main", "release"$/,
      });
    });

    it("a branch name that git could take for something else", async () => {
      await world.origin.commit(FILES);
      for (const branch of ["--all", "a..b", "a b", "*", "a.lock", ""]) {
        await assert.rejects(world.source.addRepository({ url: world.origin.folder, branch }), {
          code: "bad-request",
        });
      }
    });

    it("a name or a branch that is followed already, also when both are asked for at once", async () => {
      await world.origin.commit(FILES);
      const add = (name: string): Promise<unknown> =>
        world.source.addRepository({ url: world.origin.folder, name });
      const results = await Promise.allSettled([add("one"), add("two"), add("one")]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
      assert.equal((await readdir(join(world.dataFolder, "mirrors"))).length, 1);
    });
  });
});

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

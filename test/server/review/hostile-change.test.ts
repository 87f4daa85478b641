import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, it } from "mocha";
import { until } from "../../until.js";
import type { FakeCheck } from "./fake-github.js";
import { createReviewWorld, FLOWS, type ReviewWorld } from "./review-world.js";

const WRONG = { "wrong.workflow.yaml": "workflow: wrong\nsteps: { a: { run: echo, nedes: [] } }\n" };
const WRONG_TITLE = "1 error, workflows: 1 added";
const OTHER = { "other.workflow.yaml": "workflow: other\nsteps: { a: { run: echo } }\n" };
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 7\n`;
const ALIASES = `workflow: bomb\nsteps:\n  a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from(
  { length: 12 },
  (_, index) =>
    `  b${index}: &b${index} [${Array(9)
      .fill(index === 0 ? "*a" : `*b${index - 1}`)
      .join(", ")}]\n`,
).join("")}`;
const HUGE_BYTES = 50_000_000;
const SECRET = "not for strangers";
const SECRETIVE =
  'workflow: secret\nsteps: { a: { run: "echo $KEY; exit 1", env: { KEY: "${{ secrets.KEY }}" } } }\n';

describe("a pull request that is not meant well", () => {
  let world: ReviewWorld;
  before(async () => {
    world = await createReviewWorld(FLOWS, { HEADWATER_SECRET_KEY: SECRET });
  });
  after(() => world.stop());
  afterEach(() => {
    assert.deepEqual(world.github.violations, []);
    world.github.closeAll();
  });

  it("is told what is wrong with each of its files, and nothing of what its links lead to, which nobody asks for", async () => {
    const { origin } = world;
    const asked: string[] = [];
    const elsewhere = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const there = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const file = async (path: string, text: string | Buffer, mode = "100644"): Promise<string> =>
      `${mode} blob ${await origin.blob(text)}\t${path}`;
    const lines = [
      ...(await Promise.all(Object.entries(FLOWS).map(([path, text]) => file(path, text)))),
      await file("link.workflow.yaml", "/etc/passwd", "120000"),
      await file("up.workflow.yaml", "../../../../../../etc/passwd", "120000"),
      `160000 commit ${"b".repeat(40)}\tmodule.workflow.yaml`,
      await file("lfs.workflow.yaml", LFS),
      await file("huge.workflow.yaml", Buffer.alloc(HUGE_BYTES, "# x\n")),
      await file("bomb.workflow.yaml", ALIASES),
      await file("code.workflow.yaml", 'workflow: code\nsteps: { a: { run: !!js/function "() => 1" } }\n'),
      await file(".gitmodules", `[submodule "m"]\n\tpath = module.workflow.yaml\n\turl = ${there}/m.git\n`),
      await file(".lfsconfig", `[lfs]\n\turl = ${there}/lfs\n`),
      await file(".gitattributes", "*.yaml filter=lfs diff=lfs merge=lfs\n"),
      await file("secret.workflow.yaml", SECRETIVE),
      await file(
        "secret.workflow.test.yaml",
        "workflow: secret\ntests:\n  it tells: { expect: { run: failed } }\n",
      ),
      await file("outside.workflow.yaml", "workflow: outside\nsteps: { a: { use: ../../etc/passwd } }\n"),
    ];
    await origin.git("branch", "--force", "hostile", "main");
    const head = await origin.commitTree(await origin.treeOf(lines), { branch: "hostile" });
    await origin.git("update-ref", "refs/pull/1/head", head);
    await world.github.propose(1, head, { isFork: true });
    const check = await latest(head, 1);
    assert.equal(check.conclusion, "failure");
    assert.deepEqual(
      [...new Set(check.annotations.map(({ path }) => path))].toSorted(),
      ["bomb", "code", "huge", "lfs", "link", "module", "outside", "up"].map(
        (name) => `${name}.workflow.yaml`,
      ),
    );
    const notes = check.annotations.filter(({ annotation_level: level }) => level === "notice");
    const left = "path-left-out Left out, so that no workflow sees it:";
    assert.deepEqual(notes.map(({ path, title, message }) => `${path} ${title} ${message}`).toSorted(), [
      `link.workflow.yaml ${left} it is a symbolic link`,
      `module.workflow.yaml ${left} it is a submodule`,
      `up.workflow.yaml ${left} it is a symbolic link`,
    ]);
    const told = JSON.stringify([check, world.github.comments]);
    assert.doesNotMatch(told, /root:|bin\/sh|nologin/);
    assert.ok(!told.includes(SECRET));
    assert.deepEqual(asked, []);
    await new Promise((resolve) => elsewhere.close(resolve));
  }).timeout(60_000);

  it("is refused with a commit that was forged to fill the memory, which nobody reads", async () => {
    const { origin } = world;
    const honest = await origin.git("cat-file", "commit", await world.change(6, WRONG));
    const forged = `${honest}\n\n${"x".repeat(5_000_000)}`;
    const head = await origin.feed(["hash-object", "-t", "commit", "-w", "--stdin"], forged);
    await origin.git("update-ref", "refs/pull/6/head", head);
    await world.github.propose(6, head, { isFork: true });
    const { conclusion, title, summary } = await latest(head, 1);
    assert.deepEqual([conclusion, title], ["failure", "too large to read"]);
    assert.match(summary, /: a commit of it takes more than 4 MiB by itself\. Nothing is known of it/);
  });

  it("fails again when it is pushed back to a commit that had failed", async () => {
    const wrong = await world.change(2, WRONG);
    const good = await world.change(2, { "README.md": "good" });
    for (const [head, count] of [
      [wrong, 1],
      [good, 1],
      [wrong, 2],
    ] as const) {
      await world.origin.git("update-ref", "refs/pull/2/head", head);
      await world.github.propose(2, head);
      const { conclusion, title } = await latest(head, count);
      const told = head === good ? ["success", "no workflow changes"] : ["failure", WRONG_TITLE];
      assert.deepEqual([conclusion, title], told);
    }
    await until("its comment is of that commit", () =>
      world.github.comments.some(({ issue, body }) => issue === 2 && body.includes(`Of ${wrong}`)),
    );
    assert.equal(world.github.comments.filter(({ issue }) => issue === 2).length, 1);
  });

  it("does not pass with a history that has nothing to do with that of its branch", async () => {
    const files = { ...FLOWS, "README.md": "unrelated" };
    const head = await world.origin.commit(files, { branch: "unrelated", orphan: true });
    await world.origin.git("update-ref", "refs/pull/3/head", head);
    await world.github.propose(3, head);
    const { conclusion, title } = await latest(head, 1);
    assert.deepEqual([conclusion, title], ["failure", "conflicts with main"]);
  });

  it("is held against the branch under the name that it has now", async () => {
    const head = await world.change(4, WRONG);
    await world.origin.git("branch", "--move", "main", "trunk");
    await world.github.propose(4, head, { base: "trunk" });
    const { conclusion, title } = await latest(head, 1);
    assert.deepEqual([conclusion, title], ["failure", WRONG_TITLE]);
    await world.origin.git("branch", "--move", "trunk", "main");
  });

  it("is held against the branch that is followed when that has another name, and moves under it", async () => {
    const { github, origin } = world;
    const head = await world.change(5, OTHER);
    await github.propose(5, head);
    assert.equal((await latest(head, 1)).conclusion, "success");
    await origin.git("branch", "--move", "main", "trunk");
    // GitHub does that for all that are open.
    github.pulls.set(5, { ...github.pulls.get(5)!, base: "trunk" });
    await follow("trunk");
    await origin.commit({ ...FLOWS, ...moved(OTHER) }, { branch: "trunk" });
    await sync();
    const { conclusion, title } = await latest(head, 2);
    assert.deepEqual([conclusion, title], ["failure", "2 errors, no workflow changes"]);
    await origin.git("branch", "--move", "trunk", "main");
    await follow("main");
  });

  /** Another branch of the repository counts from now on. */
  async function follow(branch: string): Promise<void> {
    const answer = await fetch(`${world.url}/api/v1/repositories/flows`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ branch }),
    });
    assert.ok(answer.ok, await answer.text());
  }

  async function sync(): Promise<void> {
    const answer = await fetch(`${world.url}/api/v1/repositories/flows/sync`, { method: "POST" });
    assert.ok(answer.ok, await answer.text());
  }

  /** The check that counts, which is the last one, when there are so many. */
  async function latest(head: string, count: number): Promise<FakeCheck> {
    const own = (): readonly FakeCheck[] =>
      world.github.checks.filter((check) => check.head === head && check.status === "completed");
    await until("the host has it", () => own().length >= count, 50_000);
    return own().at(-1)!;
  }
});

/** The same files under other names. */
function moved(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`moved/${path}`, text]));
}

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService, type Service } from "#server/main.js";
import { ScratchRepository } from "#test/server/source/scratch-repository.js";
import { capturedMain } from "../captured-main.js";
import type { Ended } from "../headwater-process.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const workflow = (id: string, script: string): string =>
  `workflow: ${id}\nsteps:\n  load: { run: ${script} }\n`;
const GOOD = {
  "headwater.yaml": "project: sales\n",
  "daily.workflow.yaml": workflow("daily", "echo one"),
  "hourly.workflow.yaml": workflow("hourly", "echo one"),
};

/** One service and one repository; each test goes on where the one before it ended, as an operator's night does. */
describe("headwater pin, unpin, confirm, diff and repo set", () => {
  let folder = "";
  let service: Service | null = null;
  let origin: ScratchRepository;
  /** The first twelve digits of the commits, in order. */
  const commits: string[] = [];

  const run = (...args: readonly string[]): Promise<Ended> =>
    capturedMain(args, { env: { HEADWATER_URL: service?.url ?? "" }, cwd: folder, user: "ann" });
  const said = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    return stdout;
  };
  async function push(files: Readonly<Record<string, string>>): Promise<string> {
    const commit = (await origin.commit(files)).slice(0, 12);
    commits.push(commit);
    return commit;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-pin-"));
    origin = await ScratchRepository.create(join(folder, "flows.git"));
    await push(GOOD);
    const config = resolveConfig(
      { dataFolder: join(folder, "data"), port: 0 },
      { PATH: process.env["PATH"], HEADWATER_POLL_SECONDS: "3600" },
      folder,
    );
    service = await startService({ config, log });
    await said("repo", "add", origin.folder);
  });

  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("tell what a push that is held would remove, and deploy it once somebody has confirmed it", async () => {
    const commit = await push({
      "headwater.yaml": GOOD["headwater.yaml"],
      "x.workflow.yaml": workflow("x", "true"),
    });
    const held = await run("repo", "sync", "flows");
    assert.equal(held.code, 1);
    assert.match(held.stdout, new RegExp(`^flows: ${commit} is held: It would remove 2 of 2 workflows`));
    const diff = await said("diff", "sales");
    assert.match(diff, /daily/);
    assert.match(diff, /hourly/);
    const wordless = await run("confirm", commit);
    assert.equal(wordless.code, 2);
    assert.equal(wordless.stderr, `error: Cannot confirm "${commit}": say why, with --reason\n`);
    const confirmed = await said("confirm", commit, "--reason", "both have moved to another team");
    assert.match(confirmed, new RegExp(`^${commit} is active: 1 workflow: 1 added, 2 removed\n$`));
    assert.match(await said("deployments"), /confirmed by ann: both have moved to another team\n/);
    const again = await run("confirm", commit, "--reason", "twice");
    assert.deepEqual([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /Cannot confirm/);
    const live = await run("confirm", commit);
    assert.equal(live.stderr, `error: Cannot confirm "${commit}": it is active, not held\n`);
    const unknown = await run("confirm", "0123456789");
    assert.equal(
      unknown.stderr,
      'error: Cannot confirm "0123456789": there is no deployment of such a commit\n',
    );
    assert.match(await said("deployments"), /\n +by [^\n]+, live \S+ s after it was confirmed\n/);
  });

  it("keep an environment at an older commit, whatever is pushed, and say so wherever it is listed", async () => {
    const [first = ""] = commits;
    for (const [missing, args] of [
      ["say to which commit", ["pin", "sales"]],
      ["say why, with --reason", ["pin", "sales", first]],
    ] as const) {
      const refused = await run(...args);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, new RegExp(missing));
    }
    const pinned = await said("pin", "sales", first, "--reason", "the loader writes twice");
    assert.match(pinned, new RegExp(`^${first} is active: 2 workflows: 2 added, 1 removed\n`));
    assert.match(
      pinned,
      /\nproduction of sales stays there, whatever is pushed, until: headwater unpin sales\n/,
    );
    await push({ ...GOOD, "daily.workflow.yaml": workflow("daily", "echo two") });
    const sync = await run("repo", "sync", "flows");
    assert.match(
      sync.stdout,
      /is held: production of "sales" is pinned to \w{12} by ann: the loader writes twice/,
    );
    assert.match(await said("deployments"), /\n +by [^\n]+, live \S+ s after it was pinned\n/);
    for (const command of [["workflows"], ["repo", "list"], ["deployments"]])
      assert.match(await said(...command), /pinned .*ann.*the loader writes twice/s, command.join(" "));
    assert.match(await said("pin", "sales", "--as-revert"), new RegExp(first));
  });

  it("follow the branch again once it is unpinned, and tell what changed between any two commits", async () => {
    const [first = "", , third = ""] = commits;
    const unpinned = await said("unpin", "sales", "--reason", "mended");
    assert.match(unpinned, /^production of sales follows its branch again\n/);
    assert.match(unpinned, new RegExp(`\n${third} is active: 2 workflows: 1 changed, 1 unchanged\n$`));
    const listed = await said("deployments", "--limit", "1");
    assert.match(listed, /, live \S+ s after the pin was undone\n/);
    assert.match(listed, /\n {2}unpinned by ann: mended\n/);
    const again = await run("unpin", "sales");
    assert.equal(again.code, 2);
    assert.match(again.stderr, /it is not pinned/);
    const diff = await said("diff", "sales", first, third);
    assert.match(diff, /daily/);
    assert.doesNotMatch(diff, /hourly/);
    assert.match(await said("diff", "sales/daily", "1", "2"), /echo two/);
    assert.match(
      await said("diff", "sales"),
      /\nThe newest commit that the service has seen of the branch is what is deployed\./,
    );
    const none = await run("diff", "sales/daily", "1", "9");
    assert.deepEqual([none.code, none.stdout], [2, ""]);
    assert.match(none.stderr, /version 9 of "sales\/daily": there is none/);
  });

  it("keep what is deployed when a repository has moved, has another name, or another branch counts", async () => {
    const before = await said("workflows", "--format", "json");
    const moved = join(folder, "moved.git");
    cpSync(origin.folder, moved, { recursive: true });
    rmSync(origin.folder, { recursive: true });
    const gone = await run("repo", "sync", "flows");
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /there is no such folder/);
    assert.equal((await run("repo", "set", "flows")).code, 2);
    assert.equal(
      await said("repo", "set", "flows", "--to", "moved.git/../moved.git", "--name", "sales-flows"),
      `Following sales-flows, branch main of ${moved}\n${commits.at(-1)} is active: 2 workflows: 1 changed, 1 unchanged\n`,
    );
    assert.equal(await said("workflows", "--format", "json"), before);
    const lost = await run("repo", "set", "sales-flows", "--branch", "mian");
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /there is no such branch. There is "main"/);
    assert.match(await said("repo", "list"), /sales-flows +main/);
  });

  it("tell what becomes of the head of another branch, and of no other commit", async () => {
    const repository = await ScratchRepository.create(join(folder, "moved.git"));
    const broken = { ...GOOD, "daily.workflow.yaml": "workflow: daily\nstesp: {}\n" };
    const head = (await repository.commit(broken, { branch: "broken" })).slice(0, 12);
    const refused = await run("repo", "set", "sales-flows", "--branch", "broken");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stdout,
      new RegExp(`^Following sales-flows, branch broken of \\S+\\n${head} is refused: \\d errors? in 1 file`),
    );
    const listed = JSON.parse(await said("deployments", "--format", "json")) as {
      deployments: readonly { branch: string; commit: string }[];
    };
    assert.deepEqual(
      listed.deployments.filter(({ branch }) => branch === "broken").map(({ commit }) => commit.slice(0, 12)),
      [head],
    );
    const back = JSON.parse(
      await said("repo", "set", "sales-flows", "--branch", "main", "--format", "json"),
    ) as {
      repository: { branch: string };
      deployment: { status: string };
    };
    assert.deepEqual([back.repository.branch, back.deployment.status], ["main", "active"]);
  });
});

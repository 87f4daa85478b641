import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Gitlab } from "@headwater/api";
import { previewRef } from "#server/source/mirror/preview-refs.js";
import { openConnection } from "#server/store/sqlite/connection.js";
import { until } from "../../../until.js";
import { FORK, PROJECT, type FakeStatus } from "./fake-gitlab.js";
import { createGitlabWorld, FLOWS, PUBLIC_URL, renewToken, type GitlabWorld } from "./gitlab-world.js";

const HOURLY = 'workflow: hourly\ntriggers: { schedule: "0 * * * *" }\nsteps: { a: { run: echo } }\n';
const WRONG = "workflow: wrong\nsteps: { a: { run: echo, nedes: [] } }\n";

describe("a merge request", () => {
  let world: GitlabWorld;
  before(async () => {
    world = await createGitlabWorld();
    world.gitlab.members.set("ann", 40).set("dan", 30).set("rob", 20).set("gus", 10);
  });
  after(() => world.stop());
  afterEach(() => {
    assert.deepEqual(world.gitlab.violations, []);
    assert.deepEqual(world.both.github.violations, []);
    // When main moves, those of one test are not looked at again while the next one counts.
    world.gitlab.closeAll();
    world.gitlab.refuse = () => null;
  });

  it("gets one status and one note that say what a merge would do", async () => {
    const head = await world.change(1, { "hourly.workflow.yaml": HOURLY });
    assert.equal(await world.gitlab.propose(1, head), 202);
    const { state, description, ref, project, url } = await ended(world, head);
    assert.deepEqual([state, description], ["success", "workflows: 1 added"]);
    const page = `/reviews/gitlab/${PROJECT}/${head}`;
    assert.equal(url, PUBLIC_URL + page);
    assert.equal((await fetch(`${world.both.url}/api/v1${page}`)).status, 200);
    assert.deepEqual([ref, project], ["work-1", PROJECT]);
    const [note = "", ...others] = await notesOf(world, 1);
    assert.match(
      note,
      /^<!-- headwater plan -->\n### Plan: 1 added, 0 changed, 0 removed, 0 renamed, 1 unchanged\n/,
    );
    assert.deepEqual(others, []);
  });

  it("is running while it is looked at, in the pipeline that its head has", async () => {
    const head = await world.change(2, { "README.md": "1" });
    const { reached, release } = world.both.git.hold();
    await world.gitlab.propose(2, head, {
      pipeline: { id: 77, sha: head, ref: "refs/merge-requests/2/head" },
    });
    await reached;
    const begun = await until("it is told that it is looked at", () => statusesOf(world, head)[0]);
    assert.deepEqual([begun.state, begun.ref, begun.pipeline], ["running", "refs/merge-requests/2/head", 77]);
    release();
    assert.equal((await ended(world, head)).state, "success");
    assert.equal(statusesOf(world, head).length, 1);
  });

  it("has its status in the pipeline of merged results that its head has, for that decides whether it is merged", async () => {
    const head = await world.change(22, { "README.md": "11" });
    const pipeline = { id: 88, sha: "a".repeat(40), ref: "refs/merge-requests/22/merge" };
    world.gitlab.parents.set(pipeline.sha, ["b".repeat(40), head]);
    await world.gitlab.propose(22, head, { pipeline });
    const { state, ref, pipeline: id } = await ended(world, pipeline.sha);
    assert.deepEqual([state, ref, id], ["success", pipeline.ref, pipeline.id]);
    assert.deepEqual(statusesOf(world, head), []);
    const next = await world.change(22, { "README.md": "12" });
    // As long as its new head has none it is shown with that of the one before.
    await world.gitlab.propose(22, next, { pipeline });
    const alone = await ended(world, next);
    assert.deepEqual([alone.ref, alone.pipeline], ["work-22", null]);
  });

  it("has its status in a pipeline that is made when it was looked at already, once in each state", async () => {
    const head = await world.change(23, { "wrong.workflow.yaml": WRONG });
    await world.gitlab.propose(23, head);
    await ended(world, head);
    const pipeline = { id: 89, sha: "c".repeat(40), ref: "refs/merge-requests/23/merge" };
    world.gitlab.parents.set(pipeline.sha, ["b".repeat(40), head]);
    assert.equal(await world.gitlab.pipe(23, pipeline, "pending"), 202);
    assert.equal((await ended(world, pipeline.sha)).state, "failed");
    await world.gitlab.redeliverAll();
    await world.gitlab.pipe(23, pipeline, "failed");
    await world.both.restart();
    assert.deepEqual(
      [statusesOf(world, pipeline.sha).length, statusesOf(world, head).length, ourNotes(world, 23).length],
      [1, 1, 1],
    );
  });

  it("does not stay running in a pipeline that another one takes the place of while it is looked at", async () => {
    const head = await world.change(27, { "README.md": "13" });
    const { reached, release } = world.both.git.hold();
    await world.gitlab.propose(27, head);
    await reached;
    await until("it is told that it is looked at", () => statusesOf(world, head)[0]?.state === "running");
    const pipeline = { id: 90, sha: "d".repeat(40), ref: "refs/merge-requests/27/merge" };
    world.gitlab.parents.set(pipeline.sha, ["b".repeat(40), head]);
    world.gitlab.mergeRequests.set(27, { ...world.gitlab.mergeRequests.get(27)!, pipeline });
    release();
    assert.equal((await ended(world, pipeline.sha)).state, "success");
    await until("it is ended", () => statusesOf(world, head)[0]?.state === "canceled");
    assert.deepEqual([statusesOf(world, head).length, statusesOf(world, pipeline.sha).length], [1, 1]);
  });

  it("of a commit that others have as their head too has a status of its own, which says the worst of them", async () => {
    const taken = { "taken.workflow.yaml": HOURLY.replace("hourly", "taken") };
    await world.origin.git("branch", "--force", "stale", "main");
    const head = await world.change(24, { "other.workflow.yaml": taken["taken.workflow.yaml"] });
    await world.origin.commit({ ...FLOWS, ...taken });
    await world.origin.git("update-ref", "refs/merge-requests/25/head", head);
    await world.gitlab.propose(25, head, { base: "stale" });
    assert.equal((await ended(world, head)).state, "success");
    await world.gitlab.propose(24, head);
    const latest = (ref: string) => statusesOf(world, head).findLast((status) => status.ref === ref)?.state;
    await until("both have failed", () => latest("work-24") === "failed" && latest("work-25") === "failed");
    await world.origin.commit(FLOWS);
  });

  it("has its status also where another one of its commit, which was looked at last, is deleted meanwhile", async () => {
    const rival = HOURLY.replace("hourly", "rival");
    await world.origin.git("branch", "--force", "stale", "main");
    const head = await world.change(28, { "other.workflow.yaml": rival });
    await world.origin.commit({ ...FLOWS, "rival.workflow.yaml": rival });
    await world.origin.git("update-ref", "refs/merge-requests/29/head", head);
    await world.gitlab.propose(29, head, { base: "stale" });
    assert.equal((await ended(world, head)).state, "success");
    const { reached, release } = world.both.git.hold();
    await world.gitlab.propose(28, head);
    await reached;
    const latest = (ref: string) => statusesOf(world, head).findLast((status) => status.ref === ref)?.state;
    await until("it is told that it is looked at", () => latest("work-28") === "running");
    world.gitlab.mergeRequests.delete(28);
    release();
    await until("the other one has failed", () => latest("work-29") === "failed");
    await until("nothing stays running", () => latest("work-28") === "canceled");
    await world.origin.commit(FLOWS);
  });

  it("that has a link in place of a workflow is told so in its note", async () => {
    const { origin } = world;
    const target = await origin.blob("daily.workflow.yaml");
    const lines = await Promise.all(
      Object.entries(FLOWS).map(async ([path, text]) => `100644 blob ${await origin.blob(text)}\t${path}`),
    );
    const tree = await origin.treeOf([...lines, `120000 blob ${target}\tlink.workflow.yaml`]);
    await origin.git("branch", "--force", "work-26", "main");
    const head = await origin.commitTree(tree, { branch: "work-26" });
    await origin.git("update-ref", "refs/merge-requests/26/head", head);
    await world.gitlab.propose(26, head);
    assert.equal((await ended(world, head)).description, "no workflow changes");
    const [note = ""] = await notesOf(world, 26);
    assert.match(note, /- ℹ️ .*link\.workflow\.yaml:1:1.* `path-left-out`: .*it is a symbolic link/);
  });

  it("has its note edited in place when its head moves, also when nothing is left to say", async () => {
    const first = await world.change(3, { "hourly.workflow.yaml": HOURLY });
    await world.gitlab.propose(3, first);
    await notesOf(world, 3);
    const second = await world.change(3, {});
    await world.gitlab.propose(3, second);
    assert.equal((await ended(world, second)).description, "no workflow changes");
    const said = (): string => ourNotes(world, 3)[0] ?? "";
    await until("it is edited", () => said().includes("This merge request changes no workflow any more"));
    assert.equal(ourNotes(world, 3).length, 1);
  });

  it("that changes no workflow has its status too, and no note", async () => {
    const head = await world.change(4, { "README.md": "2" });
    await world.gitlab.propose(4, head);
    const { state, description } = await ended(world, head);
    assert.deepEqual([state, description, ourNotes(world, 4)], ["success", "no workflow changes", []]);
  });

  it("with errors fails, with each finding in the note, and a link to its line", async () => {
    const head = await world.change(5, { "a (b)/wrong.workflow.yaml": WRONG });
    await world.gitlab.propose(5, head);
    const { state, description } = await ended(world, head);
    assert.deepEqual([state, description], ["failed", "1 error, workflows: 1 added"]);
    const [note = ""] = await notesOf(world, 5);
    const line = `${world.gitlab.url}/acme/data/flows/-/blob/${head}/a%20%28b%29/wrong.workflow.yaml#L2`;
    assert.ok(note.includes(`- ❌ [\`a (b)/wrong.workflow.yaml:2:26\`](${line}) \`unknown-key\`: `), note);
  });

  it("that conflicts with main fails, and its note says why", async () => {
    const head = await world.change(6, { "daily.workflow.yaml": HOURLY });
    await world.origin.commit({ ...FLOWS, "daily.workflow.yaml": HOURLY.replace("hourly", "other") });
    await world.gitlab.propose(6, head);
    const { state, description } = await ended(world, head);
    assert.deepEqual([state, description], ["failed", "conflicts with main"]);
    assert.match((await notesOf(world, 6))[0] ?? "", /mend the conflicts/);
    await world.origin.commit(FLOWS);
  });

  it("does nothing twice for a webhook that comes again", async () => {
    const head = await world.change(7, { "README.md": "3" });
    await world.gitlab.propose(7, head);
    await ended(world, head);
    const writes = world.gitlab.writes.length;
    assert.ok((await world.gitlab.redeliverAll()).every((status) => status === 202));
    await world.both.restart();
    assert.equal(world.gitlab.writes.length, writes);
  });

  it("is found by looking, with what was asked for there, when no webhook arrives", async () => {
    const head = await world.change(8, { "README.md": "4" });
    world.gitlab.losesDeliveries = true;
    await world.gitlab.propose(8, head);
    const asked = await world.gitlab.comment(8, "/headwater help", "dan");
    world.gitlab.losesDeliveries = false;
    await world.both.restart();
    await ended(world, head);
    await until("it is answered", () => awardsOf(world, asked).length === 1);
    assert.deepEqual(awardsOf(world, asked), ["eyes"]);
    await notesOf(world, 8);
    // Where main has moved, and the service has not seen it yet, each look is another one.
    await fetch(`${world.both.url}/api/v1/repositories/data/sync`, { method: "POST" });
    const own = (): readonly string[] =>
      world.gitlab.writes.filter((what) => what.includes(head) || what.includes("merge_requests/8/"));
    const { looks } = world.gitlab;
    const writes = own();
    assert.ok(writes.length > 0);
    await world.both.restart();
    await until("it is looked at again", () => world.gitlab.looks > looks);
    await world.both.restart();
    assert.deepEqual(own(), writes);
  });

  it("is told of by nobody who does not know the secret, whereas the old one is good until it is taken away", async () => {
    const head = await world.change(9, { "README.md": "5" });
    assert.equal(await world.gitlab.propose(9, head), 202);
    assert.deepEqual([...new Set(await world.gitlab.redeliverAll("the new one"))], [202]);
    for (const secret of ["", "wrong", "the new one "].slice(0, 2))
      assert.deepEqual([...new Set(await world.gitlab.redeliverAll(secret))], [401]);
    const bare = await fetch(world.gitlab.hookUrl(), { method: "POST", body: "{}" });
    assert.equal(bare.status, 401);
    await ended(world, head);
  });

  it("takes what is no news, as GitLab disables a webhook that fails", async () => {
    assert.equal(await world.gitlab.deliver("Pipeline Hook", { object_kind: "pipeline" }), 202);
    assert.equal(
      await world.gitlab.deliver("Push Hook", { object_kind: "push", ref: "refs/heads/main" }),
      202,
    );
  });

  it("obeys commands of its members, by what they may do at that moment, with an emoji", async () => {
    const head = await world.change(10, { "README.md": "6" });
    await world.gitlab.propose(10, head);
    await ended(world, head);
    const asked = {
      help: await world.gitlab.comment(10, "/headwater help", "rob"),
      plan: await world.gitlab.comment(10, "/headwater plan\nthanks!", "rob"),
      strange: await world.gitlab.comment(10, "/headwater destroy", "ann"),
      guest: await world.gitlab.comment(10, "/headwater plan", "gus"),
      stranger: await world.gitlab.comment(10, "/headwater plan", "mallory"),
      reporter: await world.gitlab.comment(10, `/headwater confirm-delete ${head}`, "rob"),
      developer: await world.gitlab.comment(10, `/headwater confirm-delete ${"0".repeat(12)}`, "dan"),
      talk: await world.gitlab.comment(10, "I like /headwater plan", "ann"),
    };
    await until(
      "all are answered",
      () => Object.values(asked).flatMap((id) => awardsOf(world, id)).length === 7,
    );
    assert.deepEqual(
      Object.values(asked).map((id) => awardsOf(world, id).join()),
      ["eyes", "eyes", "confused", "thumbsdown", "thumbsdown", "thumbsdown", "confused", ""],
    );
    const words = (text: RegExp) => () => ourNotes(world, 10).some((note) => text.test(note));
    await until("help is told", words(/looks at the merge request again/));
    await until("it is told what it takes", words(/it takes the permission to write here/));
    await until("it is told that the head is another one", words(/the head has moved on/));
    await until("it is looked at again", () => statusesOf(world, head).length === 2);
  });

  it("of a fork has its status in the fork, or here where the token may not write there, and no preview", async () => {
    world.gitlab.developsIn.add(FORK);
    const trusted = await world.change(11, { "README.md": "7" });
    await world.gitlab.propose(11, trusted, { source: FORK });
    const there = await ended(world, trusted);
    assert.deepEqual([there.project, there.ref, there.state], [FORK, "work-11", "success"]);
    world.gitlab.developsIn.delete(FORK);
    const strange = await world.change(12, { "hourly.workflow.yaml": HOURLY });
    await world.gitlab.propose(12, strange, { source: FORK });
    const here = await ended(world, strange);
    assert.deepEqual(
      [here.project, here.ref, here.state],
      [PROJECT, "refs/merge-requests/12/head", "success"],
    );
    const unseen = await world.change(13, { "README.md": "8" });
    await world.gitlab.propose(13, unseen, { source: null });
    assert.equal((await ended(world, unseen)).project, PROJECT);
    const asked = await world.gitlab.comment(12, "/headwater preview hourly", "dan");
    await until("it is refused", () => awardsOf(world, asked).length === 1);
    assert.deepEqual(awardsOf(world, asked), ["confused"]);
    await until("it says why", () =>
      ourNotes(world, 12).some((note) => note.includes("it comes from a fork")),
    );
  });

  it("waits while the token is refused, of which is told once, and goes on with a new one", async () => {
    const head = await world.change(14, { "hourly.workflow.yaml": HOURLY });
    world.gitlab.token = "glpat-second";
    await world.gitlab.propose(14, head);
    const refused = world.gitlab.strangers;
    await until("it is tried again", () => world.gitlab.strangers > refused + 2);
    const { gitlab } = (await ask(world)) as { readonly gitlab: NonNullable<Gitlab["gitlab"]> };
    assert.match(
      gitlab.problem ?? "",
      /refuses the access token: Token is expired\. .*Make a new one, and put it into/,
    );
    const told = world.both.logged.filter((line) => line.includes("GitLab does not let the service in"));
    assert.equal(told.length, 1);
    assert.ok(!world.both.logged.some((line) => line.includes("glpat-")));
    await renewToken(world, "glpat-second");
    assert.equal((await ended(world, head)).state, "success");
    await notesOf(world, 14);
    assert.equal(((await ask(world)) as Gitlab).gitlab?.problem, null);
  });

  it("has its status in the end when GitLab was away or asked for patience, and the service was restarted meanwhile", async () => {
    const head = await world.change(15, { "hourly.workflow.yaml": HOURLY });
    const limit = { "retry-after": "1" };
    const refusals = [
      { status: 502, body: "<html>" },
      { status: 429, body: "Retry later", headers: limit },
      { status: 409, body: { message: "Another update to this commit status is in progress" } },
    ];
    let tried = 0;
    world.gitlab.refuse = () => {
      tried += 1;
      return refusals.shift() ?? null;
    };
    await world.gitlab.propose(15, head);
    await until("it is tried", () => tried > 0);
    await world.both.restart();
    assert.equal((await ended(world, head)).state, "success");
    await notesOf(world, 15);
    assert.equal(statusesOf(world, head).length, 1);
    assert.equal(ourNotes(world, 15).length, 1);
  });

  it("of a private project is read by git with the token, which no command line and no log has", async () => {
    world.gitlab.isPrivate = true;
    const head = await world.change(16, { "README.md": "9" });
    await world.gitlab.propose(16, head);
    await ended(world, head);
    world.gitlab.isPrivate = false;
    assert.ok(!world.both.logged.some((line) => line.includes(world.gitlab.token)));
  });

  it("and a pull request of GitHub are reviewed by one service, each where it is", async () => {
    const [mine, theirs] = [
      await world.change(17, { "hourly.workflow.yaml": HOURLY }),
      await world.both.change(17, { "hourly.workflow.yaml": HOURLY }),
    ];
    world.gitlab.refuse = () => ({ status: 503, body: "" });
    await Promise.all([world.gitlab.propose(17, mine), world.both.github.propose(17, theirs)]);
    await until("GitHub has its check", () =>
      world.both.github.checks.some(({ head, status }) => head === theirs && status === "completed"),
    );
    // What waits for GitLab is not told to GitHub by the next life, nor the other way round.
    await world.both.restart();
    world.gitlab.refuse = () => null;
    assert.equal((await ended(world, mine)).state, "success");
    await notesOf(world, 17);
    assert.ok(!world.both.github.checks.some(({ head }) => head === mine));
    assert.equal(statusesOf(world, theirs).length, 0);
  });

  it("is looked at when git has its head, not before", async () => {
    const before = await world.change(20, {});
    const head = await world.change(20, { "late.workflow.yaml": HOURLY.replace("hourly", "late") });
    const ref = "refs/merge-requests/20/head";
    // As if it were not there yet: whoever fetches gets what it showed before.
    await world.origin.git("update-ref", ref, before);
    await world.origin.git("branch", "--delete", "--force", "work-20");
    await world.gitlab.propose(20, head);
    await until("it is tried again", () =>
      world.both.logged.some((line) => line.includes(`does not show ${head} yet`)),
    );
    assert.deepEqual(
      statusesOf(world, head).filter(({ state }) => state !== "running"),
      [],
    );
    await world.origin.git("update-ref", ref, head);
    assert.equal((await ended(world, head)).description, "workflows: 1 added");
  });

  it("of a project that nobody follows gets nothing until somebody does, although a webhook of its group tells of it", async () => {
    const head = await world.change(21, { "README.md": "10" });
    await setFollowed(world, false);
    await world.gitlab.propose(21, head);
    const asked = await world.gitlab.comment(21, "/headwater help", "ann");
    await until("all that was told is done with", async () => !(await hasOpenDeliveries(world)));
    assert.deepEqual([statusesOf(world, head), awardsOf(world, asked)], [[], []]);
    await setFollowed(world, true);
    await ended(world, head);
    assert.deepEqual(awardsOf(world, asked), []);
  });

  it("has what was made for it thrown away when it is closed", async () => {
    const files = { "weekly.workflow.yaml": HOURLY.replace("hourly", "weekly") };
    const head = await world.change(18, files);
    await world.gitlab.propose(18, head);
    await ended(world, head);
    const other = await world.change(19, files);
    await world.gitlab.propose(19, other);
    assert.match((await notesOf(world, 19))[0] ?? "", /- `!18` adds `data\/weekly` as well/);
    const kept = previewRef("head", "refs/merge-requests/18/head");
    assert.equal(await isMirrored(world, kept), true);
    await world.gitlab.close(18, "closed");
    await until("nothing of it is kept", async () => !(await isMirrored(world, kept)));
    await world.gitlab.comment(19, "/headwater plan", "rob");
    await until("the other one wants it alone", () => !(ourNotes(world, 19)[0] ?? "").includes("as well"));
  });
});

function statusesOf({ gitlab }: GitlabWorld, head: string): readonly FakeStatus[] {
  return gitlab.statuses.filter(({ sha }) => sha === head);
}

function ended(world: GitlabWorld, head: string): Promise<FakeStatus> {
  return until("the host has its status", () =>
    statusesOf(world, head).find(({ state }) => state === "success" || state === "failed"),
  );
}

/** Those of the service. */
function ourNotes({ gitlab }: GitlabWorld, number: number): readonly string[] {
  return gitlab.notes
    .filter(({ iid, body }) => iid === number && body.startsWith("<!--"))
    .map(({ body }) => body);
}

async function notesOf(world: GitlabWorld, number: number): Promise<readonly string[]> {
  await until("the host has the note", () => ourNotes(world, number).length > 0);
  return ourNotes(world, number);
}

function awardsOf({ gitlab }: GitlabWorld, id: number): readonly string[] {
  return gitlab.awards.filter(({ note }) => note === id).map(({ name }) => name);
}

async function setFollowed({ both, gitlab }: GitlabWorld, isFollowed: boolean): Promise<void> {
  const path = `${both.url}/api/v1/repositories`;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ url: gitlab.cloneUrl, name: "data" });
  const done = await (isFollowed
    ? fetch(path, { method: "POST", headers, body })
    : fetch(`${path}/data`, { method: "DELETE" }));
  assert.ok(done.ok, await done.text());
}

async function hasOpenDeliveries({ both }: GitlabWorld): Promise<boolean> {
  const connection = await openConnection(join(both.dataFolder, "headwater.db"), { access: "read" });
  const open = await connection.all("SELECT id FROM review_delivery WHERE is_open AND host = 'gitlab'");
  await connection.close();
  return open.length > 0;
}

async function isMirrored({ both, origin }: GitlabWorld, ref: string): Promise<boolean> {
  const folder = join(both.dataFolder, "mirrors");
  const kept = (await readdir(folder)).map((name) =>
    origin.git("--git-dir", join(folder, name), "for-each-ref", ref),
  );
  return (await Promise.all(kept)).some((found) => found !== "");
}

async function ask({ both }: GitlabWorld): Promise<unknown> {
  return (await fetch(`${both.url}/api/v1/gitlab`)).json();
}

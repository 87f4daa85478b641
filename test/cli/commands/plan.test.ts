import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import type { PlanReport } from "#cli/commands/plan.js";
import { createHttpWorld } from "../../server/http/http-world.js";
import { activation, deployment } from "../../server/store/store-rows.js";
import { recordHourLongRuns } from "../hour-long-runs.js";
import { capturedMain } from "../captured-main.js";
import { cloneIn, withClone, type Clone } from "../clone.js";
import type { Ended } from "../headwater-process.js";

const DAILY = workflow("daily", "timeout: 1h");
const NOW = Date.parse("2026-11-26T13:30:00.123Z");

describe("headwater plan", () => {
  it("tells what the files on disk change from the last commit, where there is no origin", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY, "copy.sql": "select 1", ".gitignore": "ignored\n" });
      clone.write({
        "daily.workflow.yaml": workflow("daily", "timeout: 2h"),
        "new.workflow.yaml": workflow("new"),
        "ignored/old.workflow.yaml": workflow("old"),
      });
      const { code, stdout, stderr } = await plan(clone);
      assert.equal(code, 0);
      assert.match(
        stderr,
        /^note: this clone has no origin, so .* the last commit \(HEAD\) .* with --from\n$/,
      );
      assert.equal(
        stdout,
        [
          "Plan: 1 added, 1 changed, 0 removed, 0 renamed, 0 unchanged",
          `  From HEAD (${clone.git("rev-parse", "--short=8", "HEAD")}) to the working tree, switched at 2026-11-26T13:30:00Z`,
          "  0 errors, 0 warnings after the change",
          "",
          "~ changed daily in daily.workflow.yaml: new version",
          "  ~ timeout 1h → 2h",
          "",
          "+ added new in new.workflow.yaml",
          "",
        ].join("\n"),
      );
      assert.equal(clone.git("status", "--porcelain").split("\n").length, 2);
    }));

  it("begins where the branch left the default branch of origin", () =>
    withClone(async (origin) => {
      const base = origin.commit({ "daily.workflow.yaml": DAILY });
      const clone = clonedFrom(origin);
      origin.commit({ "theirs.workflow.yaml": workflow("theirs") });
      clone.commit({ "ours.workflow.yaml": workflow("ours") });
      clone.git("fetch", "--quiet");
      const report = await planReport(clone);
      assert.deepEqual(report.from, { name: "the merge base with origin/main", commit: base });
      assert.deepEqual(changesOf(report), ["added ours"]);
      assert.deepEqual(changesOf(await planReport(clone, "--to", "origin/main", "--from", "HEAD")), [
        "removed ours",
        "added theirs",
      ]);
    }));

  it("compares any two revisions, files in the index and deleted ones included", () =>
    withClone(async (clone) => {
      const first = clone.commit({ "daily.workflow.yaml": DAILY, "gone.workflow.yaml": workflow("gone") });
      clone.git("mv", "daily.workflow.yaml", "moved.workflow.yaml");
      rmSync(join(clone.folder, "gone.workflow.yaml"));
      assert.deepEqual(changesOf(await planReport(clone)), ["renamed daily", "removed gone"]);
      const second = clone.commit();
      clone.git("tag", "v2");
      const report = await planReport(clone, "--from", first.slice(0, 10), "--to", "v2");
      assert.deepEqual(
        [report.to, changesOf(report)],
        [{ name: "v2", commit: second }, ["renamed daily", "removed gone"]],
      );
      assert.deepEqual(changesOf(await planReport(clone, "--from", "v2", "--to", "v2")), []);
    }));

  it("plans for a project in a folder of its own, which the older commit need not have", () =>
    withClone(async (clone) => {
      const first = clone.commit({ "other.workflow.yaml": workflow("other") });
      clone.commit({ "data/headwater.yaml": "project: p\n", "data/in/daily.workflow.yaml": DAILY });
      for (const folder of ["data", "data/in"]) {
        const report = await planReport(clone, folder, "--from", first);
        assert.deepEqual(
          report.workflows.map(({ path }) => path.after),
          ["in/daily.workflow.yaml"],
        );
      }
      // What is named needs no word of the origin that is not there.
      const { stderr } = await plan(clone, "data", "--from", first);
      assert.equal(stderr, `note: there is no workflow in ${first} (${first.slice(0, 8)})\n`);
    }));

  it("plans before the first commit", () =>
    withClone(async (clone) => {
      clone.write({ "daily.workflow.yaml": DAILY });
      const report = await planReport(clone);
      assert.deepEqual([report.from.commit, changesOf(report)], [null, ["added daily"]]);
      const { stderr } = await plan(clone);
      assert.equal(stderr, "note: nothing is committed yet, so every workflow is new\n");
    }));

  it("leaves links and submodules alone", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY });
      symlinkSync("daily.workflow.yaml", join(clone.folder, "link.workflow.yaml"));
      assert.deepEqual(changesOf(await planReport(clone)), []);
      const linked = clone.commit();
      clone.git("update-index", "--add", "--cacheinfo", `160000,${linked},sub.workflow.yaml`);
      assert.deepEqual(changesOf(await planReport(clone)), []);
    }));

  it("ends with 1 when there are errors after the change, and counts a file that is too large as one", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY, "big.workflow.yaml": `# ${"x".repeat(300 * 1024)}` });
      const large = await plan(clone);
      assert.deepEqual([large.code, /big\.workflow\.yaml:1:1 file-too-large/.test(large.stdout)], [1, true]);
      clone.commit({ "big.workflow.yaml": workflow("big") });
      assert.deepEqual(changesOf(await planReport(clone, "--from", "HEAD~1")), ["added big"]);
    }));

  it("prints the schedules, by the given time of the switch, as Markdown", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": workflow("daily", 'triggers: [{ schedule: "0 6 * * *" }]') });
      clone.write({ "daily.workflow.yaml": workflow("daily", 'triggers: [{ schedule: "0 5 * * *" }]') });
      const { stdout } = await plan(clone, "--format", "markdown", "--at", "2026-12-24T05:30:00Z");
      assert.match(stdout, /^### Plan: 0 added, 1 changed/);
      assert.match(stdout, /- after: Fri 2026-12-25 05:00Z, /);
      assert.match(stdout, /the switch loses 1 slot in the day from Thu 2026-12-24 00:00Z/);
    }));

  it("runs nothing that the clone's configuration names", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY });
      const touch = `touch ${join(clone.folder, "ran")}`;
      clone.git("config", "core.fsmonitor", touch);
      clone.write({
        ".git/hooks/post-index-change": `#!/bin/sh\n${touch}\n`,
        "daily.workflow.yaml": workflow("daily"),
      });
      assert.deepEqual(changesOf(await planReport(clone)), ["changed daily"]);
      assert.equal(clone.git("-c", "core.fsmonitor=false", "ls-files", "--others"), "");
    }));

  it("writes nothing into the clone", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY });
      clone.write({ "new.workflow.yaml": workflow("new") });
      const before = clone.git("count-objects", "-v");
      await plan(clone);
      assert.equal(clone.git("count-objects", "-v"), before);
    }));
});

describe("headwater plan, when it cannot", () => {
  const refusals: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    ["an unknown revision", ["--from", "nope"], /^error: Cannot find the revision "nope"\n$/],
    [
      "an option in the place of a revision",
      ["--from=--output=x"],
      /^error: Cannot find the revision "--output=x"\n$/,
    ],
    ["a revision with a line break", ["--to", "a\nb"], /Cannot find the revision/],
    ["a file for a revision", ["--from", "HEAD:daily.workflow.yaml"], /Cannot find the revision/],
    ["a folder that is not there", ["nowhere"], /Cannot read "nowhere": there is no such folder/],
    ["a file for a folder", ["daily.workflow.yaml"], /it is a file, name its project's folder/],
    ["a time that is none", ["--at", "noon"], /time with its zone/],
    ["a format that is none", ["--format", "html"], /Allowed choices are text, json, markdown/],
    ["Git's own folder", [".git"], /it is Git's own folder/],
  ];
  it(`refuses ${refusals.map(([what]) => what).join(", ")}`, () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY });
      for (const [what, args, message] of refusals) {
        const { code, stdout, stderr } = await plan(clone, ...args);
        assert.deepEqual([code, stdout], [2, ""], what);
        assert.match(stderr, message);
      }
    }));

  it("says that a folder is in no repository, or in a bare one", () =>
    withClone(async (clone) => {
      const outside = join(clone.folder, "..", "outside");
      mkdirSync(outside);
      const lost = await capturedMain(["plan"], { cwd: outside, env: clone.env });
      assert.deepEqual(
        [lost.code, lost.stderr],
        [2, `error: Cannot plan in "${outside.replace("clone/../", "")}": it is in no Git repository\n`],
      );
      cloneIn(outside).git("init", "--bare", "--quiet");
      assert.match(
        (await capturedMain(["plan"], { cwd: outside, env: clone.env })).stderr,
        /it is a bare repository/,
      );
    }));

  it("says that the history is not there in a shallow clone", () =>
    withClone(async (origin) => {
      origin.commit({ "daily.workflow.yaml": DAILY });
      origin.git("checkout", "--quiet", "-b", "work");
      const base = origin.git("rev-parse", "HEAD");
      origin.commit({ "new.workflow.yaml": workflow("new") });
      origin.git("checkout", "--quiet", "main");
      origin.commit({ "theirs.workflow.yaml": workflow("theirs") });
      const clone = clonedFrom(origin, "--depth=1", "--no-single-branch");
      clone.git("checkout", "--quiet", "work");
      const lost = await plan(clone);
      assert.match(
        lost.stderr,
        /^error: Cannot tell where HEAD left origin\/main, for this clone is shallow: "git fetch --unshallow", or name a revision with --from\n$/,
      );
      assert.match(
        (await plan(clone, "--from", base)).stderr,
        /this clone is shallow, fetch more of its history/,
      );
      assert.deepEqual(changesOf(await planReport(clone, "--from", "origin/main")), [
        "added new",
        "removed theirs",
      ]);
    }));

  it("says that a branch has nothing in common with the default branch, or that there is none to compare with", () =>
    withClone(async (origin) => {
      origin.commit({ "daily.workflow.yaml": DAILY });
      const clone = clonedFrom(origin);
      clone.git("checkout", "--quiet", "--orphan", "alone");
      // Other files: the same ones within the same second would be the very same commit.
      clone.commit({ "alone.workflow.yaml": workflow("alone") });
      assert.match((await plan(clone)).stderr, /they have no commit in common: name a revision with --from/);
      clone.git("update-ref", "-d", "refs/remotes/origin/main");
      clone.git("symbolic-ref", "--delete", "refs/remotes/origin/HEAD");
      assert.match((await plan(clone)).stderr, /the default branch of origin is not in this clone/);
    }));

  it("says which file's content is not in the clone", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": DAILY });
      const blob = clone.git("rev-parse", "HEAD:daily.workflow.yaml");
      clone.write({ "daily.workflow.yaml": workflow("daily") });
      rmSync(join(clone.folder, ".git", "objects", blob.slice(0, 2), blob.slice(2)));
      const { code, stderr } = await plan(clone);
      assert.equal(code, 2);
      assert.match(stderr, /Cannot read "daily\.workflow\.yaml": this clone does not have its content/);
    }));
});

describe("headwater plan, when a service is named", () => {
  it("tells which runs in flight are affected", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: sales\n", "daily.workflow.yaml": DAILY });
      clone.write({ "daily.workflow.yaml": workflow("daily", "timeout: 2h") });
      const world = await createHttpWorld();
      try {
        await world.store.activateDeployment(activation(deployment("dep_1"), { daily: {}, other: {} }));
        const env = { ...clone.env, HEADWATER_URL: world.url };
        for (const name of ["sales/daily", "sales/daily", "sales/other"])
          await capturedMain(["run", name], { env });
        const { code, stdout } = await capturedMain(["plan"], { cwd: clone.folder, env });
        assert.equal(code, 0);
        assert.match(
          stdout,
          /\nRuns in flight\n {2}daily: 0 running, 2 queued\n {4}sales\/daily#2, sales\/daily#1\n/,
        );
      } finally {
        await world.stop();
      }
    }));

  it("warns of a schedule that leaves less time than runs usually take", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: sales\n", "daily.workflow.yaml": DAILY });
      clone.write({ "daily.workflow.yaml": workflow("daily", 'triggers: { schedule: "every 1m" }') });
      const world = await createHttpWorld();
      try {
        await recordHourLongRuns(world.store);
        const { code, stdout } = await plan(clone, "--url", world.url);
        assert.equal(code, 0);
        assert.match(
          stdout,
          /1 warning that was not there before\n {4}~ daily\.workflow\.yaml:2:23 schedule-too-frequent: .* usually takes 1h/,
        );
        assert.doesNotMatch((await plan(clone)).stdout, /schedule-too-frequent/);
      } finally {
        await world.stop();
      }
    }));

  it("prints the plan and ends with 2 when the service cannot be reached", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: sales\n", "daily.workflow.yaml": DAILY });
      const { code, stdout, stderr } = await plan(clone, "--url", "http://127.0.0.1:1");
      assert.equal(code, 2);
      assert.match(stdout, /^Plan: /);
      assert.doesNotMatch(stdout, /Runs in flight/);
      assert.match(stderr, /\nerror: Cannot reach the service/);
    }));
});

function workflow(id: string, ...lines: readonly string[]): string {
  return [`workflow: ${id}`, ...lines, "steps: { only: { noop: {} } }", ""].join("\n");
}

function clonedFrom(origin: Clone, ...options: readonly string[]): Clone {
  const folder = join(origin.folder, "..", "copy");
  origin.git("clone", "--quiet", ...options, `file://${origin.folder}`, folder);
  return cloneIn(folder);
}

function plan(clone: Clone, ...args: readonly string[]): Promise<Ended> {
  return capturedMain(["plan", ...args], { cwd: clone.folder, env: clone.env, now: () => NOW });
}

async function planReport(clone: Clone, ...args: readonly string[]): Promise<PlanReport> {
  const { code, stdout, stderr } = await plan(clone, ...args, "--format", "json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as PlanReport;
}

function changesOf({ workflows }: PlanReport): readonly string[] {
  return workflows.map(({ change, id }) => `${change} ${id}`);
}

import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { withClone, type Clone } from "../clone.js";
import type { Ended } from "../headwater-process.js";

const GOOD = "workflow: daily\nsteps: { a: { run: echo } }\n";
const BROKEN = "workflow: broken\nsteps:\n  a: { run: echo, nedes: [] }\n";
const TESTS = `workflow: daily
tests:
  "it ends, 100%":
    expect: { run: failed }
`;
const NOW = Date.parse("2026-11-26T13:30:00.123Z");

describe("headwater ci", () => {
  it("ends with 0 and says so when nothing changed", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      const { code, stdout, stderr } = await ci(clone, { args: ["--from", "HEAD"] });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Plan: 0 added, 0 changed, 0 removed, 0 renamed, 1 unchanged\n/);
      assert.match(stdout, /\n0 errors, 0 warnings, 0 of 0 tests passed\n$/);
    }));

  it("puts errors and failed tests on their lines in GitHub Actions, named from the root of the repository", () =>
    withClone(async (clone) => {
      clone.commit({ "README.md": "" });
      clone.write({
        "data/headwater.yaml": "project: p\n",
        "data/daily.workflow.yaml": GOOD,
        "data/broken.workflow.yaml": BROKEN,
        "data/daily.workflow.test.yaml": TESTS,
      });
      const { code, stdout } = await ci(clone, { args: ["data"], env: { GITHUB_ACTIONS: "true" } });
      assert.equal(code, 1);
      const commands = stdout.split("\n").filter((line) => line.startsWith("::"));
      assert.deepEqual(
        commands.map((line) => /^::\w+ file=[^,]+/.exec(line)?.[0]),
        ["::error file=data/daily.workflow.test.yaml", "::error file=data/broken.workflow.yaml"],
      );
      assert.ok(
        commands.some((line) => line.includes("line=3,endLine=3,col=19,endColumn=24,title=unknown-key::")),
        commands.join("\n"),
      );
      assert.ok(commands.some((line) => line.includes("title=Test of daily%3A it ends%2C 100%25::")));
      assert.doesNotMatch((await ci(clone, { args: ["data"] })).stdout, /^::/m);
    }));

  it("knows which scripts have their executable bit, committed or not", () =>
    withClone(async (clone) => {
      const starts = "workflow: daily\nsteps: { a: { run: ./old.sh }, b: { run: ./new.sh } }\n";
      clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": starts, "old.sh": "true\n" });
      clone.write({ "new.sh": "true\n" });
      assert.equal((await ci(clone)).stdout.match(/^\w+ daily.* script-not-executable/gm)?.length, 2);
      for (const name of ["old.sh", "new.sh"]) chmodSync(join(clone.folder, name), 0o755);
      assert.doesNotMatch((await ci(clone)).stdout, /script-not-executable/);
    }));

  it("counts the annotations that GitHub would drop", () =>
    withClone(async (clone) => {
      const many = Array.from({ length: 13 }, (_, index) => `  s${index}: { run: echo, x: 1 }`);
      clone.commit({ "many.workflow.yaml": `workflow: many\nsteps:\n${many.join("\n")}\n` });
      const { stdout } = await ci(clone, { args: ["--annotations", "github"] });
      const errors = stdout.match(/^::error /gm)?.length;
      assert.equal(errors, 10);
      assert.match(stdout, /^\d+ more of the kind "error" are in the log$/m);
    }));

  it("lets no text of a file begin a command", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      clone.write({
        "daily.workflow.yaml": `"x\\n::error::gotcha": 1\n${GOOD}`,
      });
      const { code, stdout } = await ci(clone, { args: ["--annotations", "github"] });
      assert.equal(code, 1);
      assert.doesNotMatch(stdout, /^::error::gotcha/m);
    }));

  it("gives the runner of GitHub Actions no command by the name of a file, or by what a file says", () =>
    withClone(async (clone) => {
      const wrong = GOOD.replace("run: echo", '"##[add-mask]x": 1, run: echo');
      clone.write({
        "headwater.yaml": "project: p\n",
        "::stop-commands::tok/x.workflow.yaml": wrong,
        "::stop-commands::tok/daily.workflow.test.yaml": TESTS,
      });
      const { code, stdout } = await ci(clone, { args: ["--annotations", "none"] });
      assert.equal(code, 1);
      assert.match(stdout, /^error : :stop-commands: :tok\/x\.workflow\.yaml:2:/m);
      assert.doesNotMatch(stdout, /::|##\[/);
    }));

  it("fails what the check of a pull request fails for: removing more than goes at once, unless that is meant", () =>
    withClone(async (clone) => {
      const named = ["a", "b", "c", "d"].map(
        (id) => [`${id}.workflow.yaml`, GOOD.replace("daily", id)] as const,
      );
      const policy = "project: p\npolicies: { max_deleted_workflows: 25% }\n";
      const first = clone.commit({ "headwater.yaml": policy, ...Object.fromEntries(named) });
      for (const [file] of named.slice(1)) rmSync(join(clone.folder, file));
      clone.commit({ "headwater.yaml": policy.replace("25", "100") });
      const { code, stdout } = await ci(clone, { args: ["--from", first] });
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^error would remove 3 of 4 workflows, and by the policy of the project at most 25% may/m,
      );
      assert.equal((await ci(clone, { args: ["--from", first, "--allow-removal"] })).code, 0);
    }));

  it("fails where the project holds what goes and nobody can tell what goes, unless that is meant", () =>
    withClone(async (clone) => {
      const policy = "project: p\npolicies: { max_deleted_workflows: 25% }\n";
      clone.commit({ "headwater.yaml": policy, "daily.workflow.yaml": GOOD });
      const args = [
        "--annotations",
        "github",
        "--sarif",
        "s.json",
        "--code-quality",
        "q.json",
        "--junit",
        "j.xml",
      ];
      const { code, stdout } = await ci(clone, { args });
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^error cannot tell what a merge would remove, .* at most 25% may go at once: .*`fetch-depth: 0`/m,
      );
      assert.match(stdout, /^::error file=headwater\.yaml,.*title=removal-held::cannot tell/m);
      for (const report of ["s.json", "q.json", "j.xml"])
        assert.match(
          readFileSync(join(clone.folder, report), "utf8"),
          /cannot tell what a merge would remove/,
        );
      const allowed = await ci(clone, { args: [...args, "--allow-removal"] });
      assert.equal(allowed.code, 0);
      assert.equal(readFileSync(join(clone.folder, "q.json"), "utf8"), "[]\n");
    }));

  it("has no plan in a clone of nothing, where what was committed could not be told from what a merge would change", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      const { code, stdout } = await ci(clone);
      assert.equal(code, 0);
      assert.match(stdout, /^No plan\. Cannot tell what to compare with: this clone has no origin/);
    }));

  it("writes JUnit, SARIF, Code Quality and a summary", () =>
    withClone(async (clone) => {
      clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      clone.write({
        "broken.workflow.yaml": `${BROKEN}  b: { run: echo, nedes: [] }\n`,
        "daily.workflow.test.yaml": TESTS,
      });
      const args = ["--from", "HEAD", "--junit", "j.xml", "--sarif", "s.json", "--code-quality", "q.json"];
      await ci(clone, { args, env: { GITHUB_STEP_SUMMARY: "summary.md" } });
      const read = (name: string): string => readFileSync(join(clone.folder, name), "utf8");
      assert.match(read("j.xml"), /<testsuites name="headwater test" tests="3" failures="1" errors="2"/);
      assert.match(read("summary.md"), /^### Plan: 1 added, 0 changed/);
      // Written by the code under test; the assertions are the check.
      const sarif = JSON.parse(read("s.json")) as Sarif;
      assert.equal(sarif.version, "2.1.0");
      const [run] = sarif.runs;
      assert.deepEqual(
        run?.tool.driver.rules.map(({ id }) => id),
        ["test-failed", "unknown-key"],
      );
      assert.deepEqual(run.results[1]?.locations[0]?.physicalLocation, {
        artifactLocation: { uri: "broken.workflow.yaml" },
        region: { startLine: 3, startColumn: 19, endLine: 3, endColumn: 24 },
      });
      const quality = JSON.parse(read("q.json")) as readonly QualityFinding[];
      assert.deepEqual(quality[1]?.location, { path: "broken.workflow.yaml", lines: { begin: 3 } });
      assert.deepEqual(quality[0]?.location, { path: "daily.workflow.test.yaml", lines: { begin: 1 } });
      assert.equal(new Set(quality.map(({ fingerprint }) => fingerprint)).size, 3);
    }));

  it("plans against a named revision, and fails when it is not there", () =>
    withClone(async (clone) => {
      const first = clone.commit({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      clone.commit({ "new.workflow.yaml": GOOD.replace("daily", "new") });
      assert.match((await ci(clone, { args: ["--from", first] })).stdout, /^Plan: 1 added/);
      const lost = await ci(clone, { args: ["--from", "nowhere"] });
      assert.deepEqual([lost.code, lost.stderr], [2, 'error: Cannot find the revision "nowhere"\n']);
    }));

  it("checks and tests without a plan where there is no clone, or where it is shallow", () =>
    withClone(async (clone) => {
      clone.write({ "headwater.yaml": "project: p\n", "daily.workflow.yaml": GOOD });
      rmSync(join(clone.folder, ".git"), { recursive: true });
      const { code, stdout } = await ci(clone);
      assert.deepEqual([code, existsSync(join(clone.folder, ".git"))], [0, false]);
      assert.match(stdout, /^No plan\. Cannot plan in .*: it is in no Git repository\n/);
      assert.equal((await ci(clone, { args: ["--from", "HEAD"] })).code, 2);
    }));

  it("says which report it cannot write", () =>
    withClone(async (clone) => {
      clone.commit({ "daily.workflow.yaml": GOOD });
      const { code, stderr } = await ci(clone, { args: ["--sarif", "no/where.json"] });
      assert.equal(code, 2);
      assert.match(stderr, /^error: Cannot write the report "no\/where\.json": ENOENT/);
    }));
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly { readonly locations: readonly { readonly physicalLocation: unknown }[] }[];
  }[];
}

interface QualityFinding {
  readonly fingerprint: string;
  readonly location: unknown;
}

async function ci(
  clone: Clone,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  return capturedMain(["ci", ...args], {
    cwd: clone.folder,
    env: { ...clone.env, ...env },
    now: () => NOW,
  });
}

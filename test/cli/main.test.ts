import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { GIT_ENVIRONMENT } from "../git-environment.js";
import { startedFrom } from "../started-bin.js";
import { capturedMain } from "./captured-main.js";
import { headwater, PROJECTS } from "./headwater-process.js";
import { withFolder } from "./scratch-folder.js";

const SOUND = "workflow: b\nsteps: { one: { noop: {} } }\n";

describe("headwater", () => {
  it("says its version", async () => {
    assert.deepEqual(await headwater(["--version"]), { code: 0, stdout: "0.1.0\n", stderr: "" });
  });

  it("leaves to a command what stands behind it, also an option that the program has itself", async () => {
    const { stdout: help } = await capturedMain(["--help"]);
    const [, list = ""] = help.split("Commands:\n");
    const commands = [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = ""]) => name);
    assert.ok(commands.includes("restart"));
    for (const command of commands.filter((name) => name !== "help")) {
      for (const option of ["--version", "-V"]) {
        const { code, stdout } = await capturedMain([command, option]);
        assert.deepEqual([code, stdout], [2, ""], `${command} ${option}`);
      }
    }
    const { code, stderr } = await capturedMain(["restart", "run-1", "--version", "newest"]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: Cannot restart with version "newest": it must be "latest" or a number/);
  });

  it("ends with 2 when it is used wrongly, and says what was meant", async () => {
    for (const args of [
      [],
      ["nonsense"],
      ["run"],
      ["runs", "--format", "xml"],
      ["run", "no-slash"],
      ["serve", "--port", "x"],
    ]) {
      const { code, stdout, stderr } = await headwater(args, {
        env: { HEADWATER_URL: "http://127.0.0.1:1" },
      });
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.notEqual(stderr, "");
    }
  });

  it("ends with 2 when the service cannot be reached, and says where it looked", async () => {
    const { code, stderr } = await headwater(["runs", "--url", "http://127.0.0.1:1"]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^error: Cannot reach the service at http:\/\/127\.0\.0\.1:1: no client of HTTP may use its port, .*headwater serve/,
    );
  });

  it("ends with 2 when the URL is none", async () => {
    const { code, stderr } = await headwater(["runs", "--url", "127.0.0.1:7474"]);
    assert.deepEqual([code, /must be like http/.test(stderr)], [2, true]);
  });

  it("takes a group of commands alone for its list, and offers the nearest one for what it does not have", async () => {
    const url = ["--url", "http://127.0.0.1:9"];
    for (const group of ["permits", "repo"]) {
      const { code, stderr } = await capturedMain([group, ...url]);
      assert.deepEqual([code, /service-unreachable|Cannot reach/.test(stderr)], [2, true], stderr);
    }
    const { code, stderr } = await capturedMain(["permits", "lst", ...url]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^error: Cannot do "lst": headwater permits has no such command; did you mean "list"\?/,
    );
  });

  it("has no colours in a pipe, also where the environment of a CI job asks for them", async () => {
    await withFolder({ "b.workflow.yaml": SOUND }, async (cwd) => {
      const env = { CI: "true", FORCE_COLOR: "1", TERM: "xterm-256color" };
      const { stdout } = await headwater(["validate"], { cwd, env });
      assert.notEqual(stdout, "");
      assert.ok(!stdout.includes("\u001b["), stdout);
    });
  });

  it("ends quietly when its reader goes away", async () => {
    const bin = join(import.meta.dirname, "..", "..", "..", "cli", "bin", "headwater.js");
    const child = spawn(process.execPath, [bin, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    assert.deepEqual([code, stderr], [0, ""]);
  });
});

describe("what the command starts from", () => {
  const bin = "cli/bin/headwater.js";
  const modules = { "cli/dist/index.js": 1, "cli/dist/tsconfig.tsbuildinfo": 1 };
  const bundled = { ...modules, "cli/out/headwater.js": 2 };

  it("is the bundle where the build made it", () =>
    assert.equal(startedFrom(bin, bundled), "cli/out/headwater.js"));

  it("is what the compiler wrote where it ran alone, or last, be it of the service", () => {
    assert.equal(startedFrom(bin, modules), "cli/dist/index.js");
    const rebuilt = { ...bundled, "server/dist/tsconfig.tsbuildinfo": 3 };
    assert.equal(startedFrom(bin, rebuilt), "cli/dist/index.js");
  });
});

describe("headwater validate", () => {
  it("ends with 0 when there is nothing to say", async () => {
    const { code, stdout } = await headwater(["validate", "--format", "json"], {
      cwd: join(PROJECTS, "sound", "pipelines"),
    });
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      diagnostics: [],
      summary: { files: 3, workflows: 1, errors: 0, warnings: 0 },
    });
  });

  it("prints findings for programs with lines and columns from 1 and paths from the project's root", async () => {
    const { code, stdout } = await headwater(["validate", "--format", "json", join(PROJECTS, "broken")]);
    const { diagnostics, summary } = JSON.parse(stdout) as {
      diagnostics: { message: string }[];
      summary: object;
    };
    assert.equal(code, 1);
    assert.deepEqual(summary, { files: 2, workflows: 1, errors: 1, warnings: 0 });
    assert.deepEqual(diagnostics, [
      {
        file: "pipelines/daily.workflow.yaml",
        line: 4,
        column: 11,
        endLine: 4,
        endColumn: 15,
        severity: "error",
        code: "unknown-key",
        message: diagnostics[0]?.message,
      },
    ]);
    assert.match(diagnostics[0]?.message ?? "", /"needs"/);
  });

  it("prints findings for people with the line and ^^^, in plain text where there is no terminal", async () => {
    const { code, stdout } = await headwater(["validate", join(PROJECTS, "broken")]);
    assert.equal(code, 1);
    assert.match(stdout, /^pipelines\/daily\.workflow\.yaml:4:11 error unknown-key: /);
    assert.match(stdout, /\n4 \|   load: \{ need: .*\n {2}\| {11}\^{4}\n/);
    assert.match(stdout, /1 workflow in 2 files: 1 error, 0 warnings\n$/);
    assert.ok(!stdout.includes("\u001b"));
  });

  it("shows hints, which a correct workflow may have, when asked for all", () =>
    withFolder(
      { "a.workflow.yaml": SOUND.replace(/^steps:/m, "triggers: { signal: from.outside }\nsteps:") },
      async (folder) => {
        const usual = await headwater(["validate", "a.workflow.yaml"], { cwd: folder });
        assert.deepEqual([usual.code, usual.stdout], [0, "1 workflow in 1 file: no findings\n"]);
        const all = await headwater(["validate", "--all", "a.workflow.yaml"], { cwd: folder });
        assert.equal(all.code, 0);
        assert.match(
          all.stdout,
          / info signal-never-emitted: [^]*1 workflow in 1 file: 0 errors, 0 warnings\n$/,
        );
      },
    ));

  it("counts a workflow once an id, and says which files give none", () =>
    withFolder(
      {
        "headwater.yaml": "project: p\n",
        "a.workflow.yaml": SOUND,
        "b.workflow.yaml": SOUND,
        "c.workflow.yaml": "- 1\n",
      },
      async (folder) => {
        const text = await headwater(["validate"], { cwd: folder });
        assert.match(
          text.stdout,
          /\n1 workflow in 4 files \(2 workflow files without one: its id is missing or taken, [^)]*\): \d errors, 0 warnings\n$/,
        );
        assert.match(text.stdout, /\n {2}= [ab]\.workflow\.yaml:1:11 also "/);
        const json = await headwater(["validate", "--format", "json"], { cwd: folder });
        const { summary } = JSON.parse(json.stdout) as { summary: Readonly<Record<string, number>> };
        assert.deepEqual([summary["workflows"], summary["files"]], [1, 4]);
      },
    ));

  it("says nothing of files that were not asked for", async () => {
    const { code, stdout } = await headwater(["validate", join(PROJECTS, "broken", "headwater.yaml")]);
    assert.deepEqual([code, stdout], [0, "0 workflows in 1 file: no findings\n"]);
  });

  it("says of a folder what keeps it from being deployed, and nothing of the kind of a single file", () =>
    withFolder({ "a.workflow.yml": "", "b/b.workflow.yaml": SOUND, "c/readme.md": "" }, async (folder) => {
      const whole = await headwater(["validate"], { cwd: folder });
      assert.equal(whole.code, 1);
      assert.equal(
        whole.stdout,
        `headwater.yaml:1:1 error project-unnamed: The repository names no project: add a "headwater.yaml" with "project: <name>" to its root\n\n` +
          `a.workflow.yml:1:1 warning misnamed-file: "a.workflow.yml" is ignored for its name: call it "a.workflow.yaml" if Headwater is to read it\n\n` +
          `1 workflow in 1 file: 1 error, 1 warning\n`,
      );
      const file = await headwater(["validate", "b/b.workflow.yaml"], { cwd: folder });
      assert.deepEqual([file.code, file.stdout], [0, "1 workflow in 1 file: no findings\n"]);
      writeFileSync(join(folder, "headwater.yaml"), "project: p\n");
      const part = await headwater(["validate", "c"], { cwd: folder });
      assert.deepEqual(
        [part.code, /0 files: nothing to check: .*\*\.workflow\.yaml/.test(part.stdout)],
        [0, true],
      );
    }));

  it("leaves out what is a project of its own, and says so; what Git ignores; and what is deleted", () =>
    withFolder(
      {
        "headwater.yaml": "project: outer\n",
        "a.workflow.yaml": SOUND,
        "examples/one/headwater.yaml": "project: inner\n",
        "examples/one/a.workflow.yaml": SOUND.replace("steps:", "stepz:"),
        "build/c.workflow.yaml": "workflow: c\nstepz: {}\n",
        "gone.workflow.yaml": "stepz: {}\n",
        ".gitignore": "build/\n",
      },
      async (folder) => {
        const git = (...args: readonly string[]) =>
          execFileSync("git", ["-C", folder, ...args], { env: GIT_ENVIRONMENT });
        git("init", "-q");
        git("add", "gone.workflow.yaml");
        rmSync(join(folder, "gone.workflow.yaml"));
        const outer = await headwater(["validate"], { cwd: folder });
        assert.equal(outer.code, 0, outer.stdout);
        assert.equal(
          outer.stdout,
          "1 workflow in 2 files: no findings\nProjects of their own, not checked here: examples/one\n",
        );
        const inner = await headwater(["validate", "examples/one"], { cwd: folder });
        assert.match(inner.stdout, /^a\.workflow\.yaml:\d+:\d+ error unknown-key/);
        const ignored = await headwater(["validate", "build"], { cwd: folder });
        assert.match(ignored.stdout, /^0 workflows in 0 files: nothing to check/);
      },
    ));

  it("says of a project without a workflow where it was looked for", () =>
    withFolder({ "headwater.yaml": "project: p\nworkflows: [flows]\n" }, async (folder) => {
      const { code, stdout } = await headwater(["validate"], { cwd: folder });
      assert.equal(code, 1);
      assert.match(stdout, /error no-workflows: There is no workflow: .*\("flows"\)\n/);
    }));

  it("ends with 2 when a path does not exist", async () => {
    const { code, stdout, stderr } = await headwater(["validate", "no/such/folder"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(stderr, 'error: Cannot read "no/such/folder": there is no such file or folder\n');
  });
});

describe("headwater test", () => {
  it("ends with 0 when the simulated runs are as expected", async () => {
    const { code, stdout } = await headwater(["test", join(PROJECTS, "sound")]);
    assert.deepEqual([code, stdout], [0, "daily\n  passed  all goes well\n\n1 passed, 0 failed\n"]);
  });

  it("ends with 1 when one is not, and says what came instead", async () => {
    const { code, stdout } = await headwater(["test", join(PROJECTS, "failing-test"), "--format", "json"]);
    const report = JSON.parse(stdout) as {
      tests: { failures: { message: string }[] }[];
      summary: object;
    };
    assert.deepEqual([code, report.summary], [1, { passed: 0, failed: 1, errors: 0 }]);
    assert.match(report.tests[0]?.failures[0]?.message ?? "", /succeeded.*failed/s);
  });
});

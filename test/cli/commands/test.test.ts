import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { PROJECTS } from "../headwater-process.js";
import { withFolder } from "../scratch-folder.js";

const FILES = {
  "headwater.yaml": "project: growth\n",
  "daily.workflow.yaml": `workflow: daily
steps:
  extract: { run: "true", outputs: { rows: int }, retry: { errors: 1, timeouts: 1 }, timeout: 1h }
  load: { needs: [extract], if: steps.extract.outputs.rows > 0, run: "true" }
`,
  "daily.workflow.test.yaml": `workflow: daily
tests:
  loads what there is:
    given: { extract: [{ fails: error }, { outputs: { rows: 5 } }] }
    expect: { steps: { load: succeeded } }
  "<all> & 'nothing'":
    given: { extract: { outputs: { rows: 5 } } }
    expect: { steps: { load: skipped } }
`,
  "other.workflow.yaml": 'workflow: other\nsteps: { go: { run: "true" } }\n',
};

describe("headwater test", () => {
  it("shows a failure with the run as a timeline", async () => {
    const { code, stdout } = await capturedMain(["test", join(PROJECTS, "failing-test")]);
    assert.equal(code, 1);
    assert.equal(
      stdout.replaceAll(/ +$/gm, ""),
      `daily
  failed  expects too much
          Expected the run to be succeeded: it is failed (extract: the given outcome is "fails: error")

          TIME  STEP     STATUS             WHY
          +0s   extract  running
          +0s   extract  failed             the given outcome is "fails: error"
          +0s   load     upstream_failed    extract failed

0 passed, 1 failed
`,
    );
  });

  it("shows what is not seen in the name of a test as signs, in each format", async () => {
    const unseen = String.raw`"fails \e[2J\u009b once"`;
    const tests = `workflow: daily\ntests:\n  ${unseen}: { given: { extract: { fails: error } }, expect: { run: succeeded } }\n`;
    await withFolder({ ...FILES, "daily.workflow.test.yaml": tests }, async (cwd) => {
      const [text, junit, json, ci] = await Promise.all(
        [
          ["test"],
          ["test", "--format", "junit"],
          ["test", "--format", "json"],
          ["ci", "--annotations", "github"],
        ].map(async (args) => (await capturedMain(args, { cwd })).stdout),
      );
      for (const said of [text, junit, json, ci]) {
        assert.deepEqual(said?.replaceAll("\n", "").match(/\p{Cc}/gu), null, said);
      }
      assert.match(text ?? "", /^ {2}failed {2}fails ␛\[2J<U\+009B> once$/m);
      assert.match(junit ?? "", /name="fails ␛\[2J&lt;U\+009B&gt; once"/);
      assert.match(json ?? "", /"fails \\u001b\[2J\\u009b once"/);
      assert.match(ci ?? "", /fails ␛\[2J<U\+009B> once/);
    });
  });

  it("takes the path of a workflow for its tests, and refuses one that has none", async () => {
    await withFolder(FILES, async (cwd) => {
      const tested = await capturedMain(["test", "daily.workflow.yaml"], { cwd });
      assert.match(tested.stdout, /\n1 passed, 1 failed\n$/);
      const { code, stderr } = await capturedMain(["test", "other.workflow.yaml"], { cwd });
      assert.deepEqual(
        [code, stderr],
        [2, "error: Cannot test other.workflow.yaml: there are no workflow tests of it\n"],
      );
    });
  });

  it("shows the errors of test files and of workflows that they test, which no test could tell", async () => {
    const files = {
      ...FILES,
      "daily.workflow.yaml": FILES["daily.workflow.yaml"].replace("needs: [extract]", "needs: [extrct]"),
      "other.workflow.test.yaml": "workflow: other\ntests:\n  goes: { expects: { run: succeeded } }\n",
      "third.workflow.test.yaml": "workflow: [\n",
    };
    await withFolder(files, async (cwd) => {
      const { code, stdout } = await capturedMain(["test"], { cwd });
      assert.equal(code, 1);
      assert.match(stdout, /^daily\.workflow\.yaml:4:19 error unknown-need: /);
      assert.match(stdout, /\nother\.workflow\.test\.yaml:3:11 error unknown-key: .*"expect"/);
      assert.match(stdout, /\nthird\.workflow\.test\.yaml:\d+:\d+ error yaml-syntax: /);
      assert.match(
        stdout,
        / failed {2}loads what there is\n {10}daily\.workflow\.yaml has errors, so nothing/,
      );
      assert.match(stdout, /\n0 passed, 3 failed, \d errors in the files\n$/);
      const json = JSON.parse((await capturedMain(["test", "--format", "json"], { cwd })).stdout) as {
        errors: { file: string; line: number; code: string }[];
        summary: { errors: number };
      };
      assert.equal(json.summary.errors, json.errors.length);
      assert.ok(
        json.errors.some(
          ({ file, line, code }) => `${file}:${line} ${code}` === "daily.workflow.yaml:4 unknown-need",
        ),
      );
      const junit = (await capturedMain(["test", "--format", "junit", "third.workflow.test.yaml"], { cwd }))
        .stdout;
      assert.match(junit, /<testsuites name="headwater test" tests="(\d)" failures="0" errors="\1" /);
      assert.match(
        junit,
        /<testcase name="third\.workflow\.test\.yaml:\d+:\d+ yaml-syntax: [^>]*>\n {6}<error message="third/,
      );
    });
  });

  it("takes a workflow for the tests of it", async () => {
    await withFolder(FILES, async (cwd) => {
      const { stdout } = await capturedMain(["test", "daily.workflow.yaml"], { cwd });
      assert.match(stdout, /\n1 passed, 1 failed\n/);
    });
  });

  it("refuses to test what is made of a template with errors, and shows them", async () => {
    const files = {
      "headwater.yaml": "project: growth\n",
      "outer.workflow.yaml": "workflow: outer\nsteps: { go: { workflow: inner } }\n",
      "inner.workflow.yaml": "workflow: inner\nsteps: { go: { use: t.template.yaml } }\n",
      "t.template.yaml": "template: t\nrn: echo\n",
      "outer.workflow.test.yaml": "workflow: outer\ntests: { t: { expect: { run: succeeded } } }\n",
    };
    await withFolder(files, async (cwd) => {
      const { code, stdout } = await capturedMain(["test"], { cwd });
      assert.equal(code, 1);
      assert.match(stdout, /^t\.template\.yaml:2:1 error unknown-key: /);
      assert.match(stdout, / {10}t\.template\.yaml has errors, so nothing can be simulated\n/);
    });
  });

  it("runs the other tests of a file in which one cannot be read", async () => {
    const tests = [
      "workflow: a",
      "tests:",
      "  wrong: { params: { m: 1 }, expect: { run: succeeded } }",
      "  right: { expect: { run: succeeded } }",
      "",
    ].join("\n");
    const files = {
      "headwater.yaml": "project: growth\n",
      "a.workflow.yaml": "workflow: a\nsteps: { go: { noop: } }\n",
      "a.workflow.test.yaml": tests,
    };
    await withFolder(files, async (cwd) => {
      const { code, stdout } = await capturedMain(["test"], { cwd });
      assert.equal(code, 1);
      assert.match(stdout, /a\.workflow\.test\.yaml:3:\d+ error /);
      assert.match(stdout, /\n1 passed, 1 failed/);
    });
  });

  it("tells programs of a failure what was expected where, and what came instead", async () => {
    const { stdout } = await capturedMain(["test", join(PROJECTS, "failing-test"), "--format", "json"]);
    const [test] = (JSON.parse(stdout) as { tests: { failures: object[]; timeline: object[] }[] }).tests;
    assert.deepEqual(test?.failures, [
      {
        place: "expect.run",
        message: `Expected the run to be succeeded: it is failed (extract: the given outcome is "fails: error")`,
        expected: "succeeded",
        actual: "failed",
      },
    ]);
    assert.equal(test.timeline.length, 4);
  });

  it("runs only tests that match, and says when none does", async () => {
    await withFolder(FILES, async (cwd) => {
      const { code, stdout } = await capturedMain(["test", "-g", "daily .*loads"], { cwd });
      assert.deepEqual([code, stdout], [0, "daily\n  passed  loads what there is\n\n1 passed, 0 failed\n"]);
      assert.equal((await capturedMain(["test", "--grep", "nobody"], { cwd })).code, 2);
      const broken = await capturedMain(["test", "--grep", "("], { cwd });
      assert.equal(broken.code, 2);
      assert.match(broken.stderr, /It must be a regular expression: unterminated group\.\n/);
    });
  });

  it("counts the steps and branches that tests reach, of workflows without tests too", async () => {
    await withFolder(FILES, async (cwd) => {
      const { stdout } = await capturedMain(["test", "--coverage"], { cwd });
      assert.equal(
        stdout.slice(stdout.indexOf("COVERAGE")).replaceAll(/ +$/gm, ""),
        `COVERAGE  STEPS         BRANCHES
daily     100% (2 of 2)  50% (2 of 4)
other     0% (0 of 1)    –
all       66% (2 of 3)   50% (2 of 4)

STEP           NO TEST SHOWS
daily extract  retry after a timeout
daily load     if false
other go       that it runs
`.replace("STEPS         ", "STEPS          "),
      );
      const report = JSON.parse(
        (await capturedMain(["test", "--coverage", "--format", "json"], { cwd })).stdout,
      ) as { tests: { timeline?: object[] }[]; coverage: { steps: object; branches: object } };
      assert.deepEqual(report.coverage.steps, { covered: 2, total: 3, percent: 66 });
      assert.deepEqual(report.coverage.branches, { covered: 2, total: 4, percent: 50 });
      assert.deepEqual(
        report.tests.map(({ timeline }) => timeline === undefined),
        [true, false],
      );
    });
  });

  it("counts the steps of a workflow that a step of the tested one runs", async () => {
    const files = {
      "headwater.yaml": "project: growth\n",
      "outer.workflow.yaml": "workflow: outer\nsteps: { call: { workflow: inner } }\n",
      "inner.workflow.yaml": "workflow: inner\nsteps: { go: { run: echo, retry: { errors: 1 } } }\n",
      "outer.workflow.test.yaml":
        "workflow: outer\ntests: { again: { given: { call.go: [{ fails: error }, {}] }, expect: { run: succeeded } } }\n",
    };
    await withFolder(files, async (cwd) => {
      const { stdout } = await capturedMain(["test", "--coverage"], { cwd });
      assert.match(stdout, /^all +100% \(2 of 2\) +100% \(1 of 1\)\n$/m);
      assert.doesNotMatch(stdout, /NO TEST SHOWS/);
    });
  });

  it("prints coverage with JUnit XML as properties of the suites, and the gaps on standard error", async () => {
    await withFolder(FILES, async (cwd) => {
      const { stdout, stderr } = await capturedMain(["test", "--coverage", "--format", "junit"], { cwd });
      const properties = [...stdout.matchAll(/<property name="(.*)" value="(\d+)"\/>/g)];
      assert.deepEqual(
        properties.map(([, name, value]) => `${name ?? ""} ${value ?? ""}`),
        [
          "coverage.steps.covered 2",
          "coverage.steps.total 2",
          "coverage.branches.covered 2",
          "coverage.branches.total 4",
        ],
      );
      assert.match(stderr, /^other go +that it runs *\n$/m);
    });
  });

  it("prints JUnit XML in which nothing of a name or message is markup", async () => {
    await withFolder(FILES, async (cwd) => {
      const { code, stdout } = await capturedMain(["test", "--format", "junit"], { cwd });
      assert.equal(code, 1);
      const times = /time="\d+\.\d{6}"/g;
      assert.equal(stdout.match(times)?.length, 4);
      assert.equal(
        stdout.replaceAll(times, "TIME").replace(/Expected[^"]*?(?=<\/failure>)/, "DETAILS"),
        `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headwater test" tests="2" failures="1" errors="0" skipped="0" TIME>
  <testsuite name="daily.workflow.test.yaml" tests="2" failures="1" errors="0" skipped="0" TIME>
    <testcase name="loads what there is" classname="daily" file="daily.workflow.test.yaml" TIME/>
    <testcase name="&lt;all&gt; &amp; 'nothing'" classname="daily" file="daily.workflow.test.yaml" TIME>
      <failure message="Expected step &quot;load&quot; to be skipped: it is succeeded">DETAILS</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
      );
    });
  });

  it("watches: runs again what a changed file touches, and only that", async () => {
    const files = {
      ...FILES,
      "other.workflow.test.yaml": "workflow: other\ntests:\n  goes: { expect: { run: succeeded } }\n",
    };
    await withFolder(files, async (cwd) => {
      const bin = join(import.meta.dirname, "..", "..", "..", "..", "cli", "bin", "headwater.js");
      const child = spawn(process.execPath, [bin, "test", "--watch"], {
        cwd,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = once(child, "close");
      try {
        const rounds = roundsOf(child.stdout);
        assert.match(await rounds.next(), /3 tests run; 2 passed, 1 failed\n/);
        writeFileSync(join(cwd, "daily.workflow.yaml"), FILES["daily.workflow.yaml"].replace("> 0", "> 9"));
        const second = await rounds.next();
        assert.match(second, /failed {2}loads what there is/);
        assert.match(second, /2 tests run; 2 passed, 1 failed\n/);
        assert.ok(!second.includes("other"));
        child.kill("SIGINT");
        assert.deepEqual(await ended, [1, null]);
      } finally {
        child.kill("SIGKILL");
      }
    });
  });

  it("does not watch for what prints once", async () => {
    assert.equal((await capturedMain(["test", "--watch", "--format", "json"])).code, 2);
    assert.equal((await capturedMain(["test", "--watch", "--coverage"])).code, 2);
  });
});

/** What is printed up to each time that the command waits. */
function roundsOf(output: NodeJS.ReadableStream): { next(): Promise<string> } {
  const end = "Waiting for changes; Ctrl-C ends it.\n\n";
  let printed = "";
  output.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return {
    async next() {
      while (!printed.includes(end)) await once(output, "data");
      const round = printed.slice(0, printed.indexOf(end));
      printed = printed.slice(printed.indexOf(end) + end.length);
      return round;
    },
  };
}

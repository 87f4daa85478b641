import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { PROJECTS, type Ended } from "../headwater-process.js";
import { withFolder } from "../scratch-folder.js";

const FILES = {
  "headwater.yaml": "project: growth\n",
  "daily.workflow.yaml": `workflow: daily
params: { date: { type: date, default: "\${{ run.scheduled_at.date() }}" }, limit: { type: int, default: 1 } }
steps:
  extract: { run: "true", outputs: { rows: int }, retry: { errors: 1, delay: 1m } }
  load:
    needs: [extract]
    if: steps.extract.outputs.rows > 0
    run: "true"
    emit: [{ signal: table.updated, params: { date: "\${{ params.date }}" } }]
  send: { needs: [load], workflow: mail }
`,
  "mail.workflow.yaml": 'workflow: mail\nsteps: { post: { run: "true" } }\n',
  "given.yaml": "extract:\n  - { fails: error, after: 2m }\n  - { outputs: { rows: 5 }, after: 10m }\n",
};

async function simulate(...args: readonly string[]): Promise<Ended> {
  let ended: Ended = { code: -1, stdout: "", stderr: "" };
  await withFolder(FILES, async (cwd) => {
    const now = (): number => Date.parse("2026-03-02T06:00:00Z");
    ended = await capturedMain(["simulate", "daily.workflow.yaml", ...args], { cwd, now });
  });
  return ended;
}

describe("headwater simulate", () => {
  it("gives the steps what the signal carries that starts the run", async () => {
    const file = join(PROJECTS, "promises", "hook.workflow.yaml");
    const { stdout } = await capturedMain([
      "simulate",
      file,
      "--signal",
      "kind=full",
      "--environment",
      "staging",
    ]);
    assert.match(stdout, /full +succeeded/);
    assert.match(stdout, /staging +succeeded/);
    assert.match(stdout, /joined +skipped/);
  });

  it("shows a restart by its number", async () => {
    const files = { "a.workflow.yaml": "workflow: a\nsteps: { s: { if: run.attempt > 1, noop: } }\n" };
    await withFolder(files, async (cwd) => {
      const told = async (...words: readonly string[]): Promise<string> => {
        const { stdout, stderr } = await capturedMain(["simulate", "a.workflow.yaml", ...words], { cwd });
        return stdout + stderr;
      };
      assert.match(await told(), /s +skipped/);
      assert.match(await told("--attempt", "2"), /s +succeeded/);
      assert.match(await told("--attempt", "0"), /It must be a whole number from 1 to 999/);
    });
  });

  it("says where a workflow is that was named by its id, how a list is written, and where a step of a loop is", async () => {
    const files = {
      "headwater.yaml": "project: sales\n",
      "daily/sales.workflow.yaml":
        "workflow: daily-sales\nparams: { c: { type: list<string> } }\nsteps: { fetch: { foreach: { i: [1] }, steps: { download: { noop: } } } }\n",
    };
    await withFolder(files, async (cwd) => {
      const told = async (...words: readonly string[]): Promise<string> => {
        const { code, stderr } = await capturedMain(["simulate", ...words], { cwd });
        assert.equal(code, 2);
        return stderr;
      };
      assert.match(
        await told("daily-sales"),
        /no such file or folder\. Workflow "daily-sales" is in daily\/sales\.workflow\.yaml\n$/,
      );
      assert.match(await told("weekly-sales"), /no such file or folder\n$/);
      const file = "daily/sales.workflow.yaml";
      assert.match(
        await told(file, "--param", "c=de,fr"),
        /"c" must be list<string>, is "de,fr": write it as JSON, '\["de","fr"\]'\n$/,
      );
      assert.match(
        await told(file, "--param", 'c=["de"]', "--given", "download=fails:error"),
        /no such step; did you mean "fetch\.download"\?\n$/,
      );
    });
  });

  it("refuses what would change nothing: an outcome of a loop or a sleep, and a param that is given twice", async () => {
    const files = {
      "a.workflow.yaml":
        "workflow: a\nparams: { n: { type: int } }\nsteps:\n  l: { foreach: { i: [1] }, steps: { s: { noop: } } }\n  z: { sleep: 1m }\n",
    };
    await withFolder(files, async (cwd) => {
      const told = async (...words: readonly string[]): Promise<string> => {
        const { code, stderr } = await capturedMain(["simulate", "a.workflow.yaml", ...words], { cwd });
        assert.equal(code, 2);
        return stderr;
      };
      const n = ["--param", "n=1"];
      assert.match(await told(...n, "--given", "l=fails:error"), /"l": a loop becomes what .* as in "l\.s"/);
      assert.match(await told(...n, "--given", "z=fails:error"), /"z": a sleep takes its own time/);
      assert.match(await told(...n, ...n), /"n" is given twice/);
    });
  });

  it("knows the outputs of the workflows that steps run", async () => {
    const { code, stdout } = await capturedMain([
      "simulate",
      join(PROJECTS, "promises", "calls.workflow.yaml"),
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /uses +succeeded/);
  });

  it("shows a run as a timeline on its virtual clock, steps of other workflows too", async () => {
    const { code, stdout } = await simulate("--given", "given.yaml");
    assert.equal(code, 0);
    assert.equal(
      stdout.replaceAll(/ +$/gm, ""),
      `daily from 2026-03-02T06:00:00Z, simulated

TIME  STEP       STATUS                WHY
+0s   extract    running
+2m   extract    retrying              attempt 2 of 2 in 1m, because the given outcome is "fails: error"
+3m   extract    running    attempt 2  attempt 1 failed: the given outcome is "fails: error"
+13m  extract    succeeded  attempt 2  attempt 1 failed: the given outcome is "fails: error"
+13m  load       running
+13m  load       succeeded
+13m  send       running               waits for run simulated send/1 of mail
+13m  send/post  running
+13m  send/post  succeeded
+13m  send       succeeded

emits table.updated {"date":"2026-03-02"}
succeeded after 13m
`,
    );
  });

  it("takes outcomes as one types them, and ends with 1 when the run does not succeed", async () => {
    const { code, stdout } = await simulate("--given", "extract=fails:error after:5m", "--at", "2026-01-01");
    assert.equal(code, 1);
    assert.match(stdout, /^daily from 2026-01-01T00:00:00Z/);
    assert.match(stdout, /\+11m +extract +failed +attempt 2/);
    assert.match(stdout, /\nfailed after 11m: extract/);
  });

  it("says which outputs it assumed, since a condition on one skips a step", async () => {
    const { stdout } = await simulate();
    assert.match(stdout, /load +skipped/);
    assert.ok(
      stdout.includes(
        "Outputs that were not given, so at the default of their type (give them with " +
          "--given 'extract={ outputs: { rows: … } }'):\n  extract: rows: 0\n",
      ),
      stdout,
    );
  });

  it("prints the run for programs", async () => {
    const { code, stdout } = await simulate(
      "--given",
      "extract={ outputs: { rows: 0 } }",
      "--format",
      "json",
    );
    const run = JSON.parse(stdout) as {
      status: string;
      timeline: { at: string }[];
      steps: { status: string }[];
    };
    assert.deepEqual([code, run.status], [0, "succeeded"]);
    assert.equal(run.timeline[0]?.at, "2026-03-02T06:00:00Z");
    assert.deepEqual(
      run.steps.map(({ status }) => status),
      ["succeeded", "skipped", "skipped"],
    );
  });

  it("starts the run by joined signals, and says which it wants", async () => {
    const builds = async (
      trigger: string,
      condition: string,
      ...args: readonly string[]
    ): Promise<string> => {
      const text = `workflow: hook\ntriggers: ${trigger}\nsteps: { build: { if: ${condition}, run: make } }\n`;
      let stdout = "";
      await withFolder({ "headwater.yaml": "project: p\n", "hook.workflow.yaml": text }, async (cwd) => {
        ({ stdout } = await capturedMain(["simulate", "hook.workflow.yaml", ...args], { cwd }));
      });
      return stdout;
    };
    const one = ["{ signal: git.push }", "signal.kind == run.environment"] as const;
    assert.ok((await builds(...one)).includes("give it with --signal name=value\n"));
    const all = ["{ all: { eu: { signal: a.b } } }", "signals.eu.rows > 1"] as const;
    assert.match(await builds(...all, "--signal", 'eu={"rows":2}'), /build +succeeded/);
    assert.ok((await builds(...all)).includes("give it with --signal 'NAME="));
  });

  it("refuses a signal for a workflow that none starts", async () => {
    const { code, stderr } = await simulate("--signal", "q=1");
    assert.equal(code, 2);
    assert.match(stderr, /No signal starts this workflow: leave out --signal/);
  });

  it("refuses params that are wrong, and says each", async () => {
    const { code, stdout, stderr } = await simulate("--param", "limit=many", "--param", "day=2026-01-01");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /^error: Cannot simulate "daily": param "day" is not a param.*; param "limit" must be int/,
    );
  });

  it("refuses outcomes of steps and outputs that there are not", async () => {
    for (const [given, message] of [
      ["lod=fails:error", /no such step; did you mean "load"\?/],
      ["extract={ outputs: { row: 1 } }", /no such output; did you mean "rows"\?/],
      ["extract={ outputs: { rows: many } }", /"rows" of step "extract": it must be int/],
      ["extract=fails:badly", /Cannot read --given "extract=fails:badly": /],
      ["nothing", /neither a file nor an outcome/],
    ] as const) {
      const { code, stderr } = await simulate("--given", given);
      assert.equal(code, 2, given);
      assert.match(stderr, message);
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Step } from "@headwater/api";
import { createContext } from "#cli/context.js";
import { type Io, processIo } from "#cli/io.js";
import { RunProgress } from "#cli/run-progress.js";
import type { WatchedRun } from "#cli/watch-run.js";

describe("RunProgress", () => {
  it("draws its table again in place on a terminal, however narrow", () => {
    const { progress, written } = setup({ isTerminal: true, columns: 24 });
    progress.show(watched("running"));
    progress.show(watched("succeeded"));
    progress.clear();
    const lines = written[0]?.split("\n").length ?? 0;
    assert.equal(written[1], `\u001b[${lines - 1}A\u001b[0J`);
    assert.equal(written.at(-1), `\u001b[${lines - 1}A\u001b[0J`);
  });

  it("says what the run waits for, in what room there is", () => {
    const lines = [80, 40].map((columns) => {
      const { progress, written } = setup({ isTerminal: true, columns, env: { NO_COLOR: "1" } });
      const { run, steps } = watched("running");
      progress.show({
        run: { ...run, status: "queued", reason: "waits for run 12, which is running" },
        steps,
      });
      return written[0]?.split("\n")[0];
    });
    assert.deepEqual(lines, [
      "sales/daily#1 queued: waits for run 12, which is running",
      "sales/daily#1 queued: waits for run 1",
    ]);
  });

  it("has no colours when NO_COLOR is set", () => {
    const { progress, written } = setup({ isTerminal: true, columns: 80, env: { NO_COLOR: "1" } });
    progress.show(watched("running"));
    assert.ok(!written.join("").includes("\u001b"));
  });

  it("tells each change once where there is no terminal", () => {
    const { progress, written } = setup({ isTerminal: false, columns: 80 });
    for (const status of ["running", "running", "succeeded"] as const) progress.show(watched(status));
    assert.equal(written.join(""), "sales/daily#1 running\nextract running\nextract succeeded\n");
  });

  it("tells retries, of steps within loops too, and why a step failed once", () => {
    const { progress, written } = setup({ isTerminal: false, columns: 80 });
    const { run, steps } = watched("running");
    const [step] = steps;
    assert.ok(step !== undefined);
    const why = { status: "retrying", reason: "attempt 2 of 3 in 5s, because exit code 3" } as const;
    progress.show({ run, steps: [{ ...step, ...why }] });
    progress.show({ run, steps: [{ ...step, attempt: 2 }] });
    progress.tellRetry({ ...step, ...why, path: "load[2].copy" });
    progress.tellRetry({ ...step, ...why, path: "load[2].copy" });
    const failed = { ...step, status: "failed", attempt: 2, endedAt: 4, reason: "exit code 3" } as const;
    const ended = {
      run: { ...run, status: "failed", endedAt: 5, reason: "extract: exit code 3" } as const,
      steps: [failed, { ...failed, path: "publish" }],
    };
    progress.show({ ...ended, steps: [failed] });
    assert.equal(
      written.join(""),
      [
        "sales/daily#1 running",
        "extract retrying: attempt 2 of 3 in 5s, because exit code 3",
        "extract running, attempt 2",
        "load[2].copy retrying: attempt 2 of 3 in 5s, because exit code 3",
        "extract failed: exit code 3",
        "",
      ].join("\n"),
    );
    const left = progress.untold(ended);
    assert.deepEqual(
      [left.run.reason, left.steps.map(({ reason }) => reason)],
      ["extract", [null, "exit code 3"]],
    );
  });
});

function setup(options: {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly env?: Io["env"];
}) {
  const written: string[] = [];
  const stdout = {
    write: (text: string) => void written.push(text),
    isTerminal: options.isTerminal,
    columns: options.columns,
    rows: 24,
  };
  const io: Io = { ...processIo(), stdout, env: options.env ?? {} };
  return {
    written,
    progress: new RunProgress(
      createContext(io, () => undefined),
      "text",
    ),
  };
}

function watched(status: Step["status"]): WatchedRun {
  const times = { queuedAt: 1, startedAt: 2, endedAt: null };
  const rest = {
    reason: null,
    outputs: null,
    iterations: null,
    labels: {},
    jobs: null,
    startedRun: null,
    runAttempt: 1,
    actions: [],
  };
  return {
    run: {
      id: "run_1",
      name: "sales/daily#1",
      project: "sales",
      environment: "production",
      workflow: "daily",
      number: 1,
      attempt: 1,
      versionId: "ver_1",
      commit: "c0ffee",
      trigger: { kind: "manual", by: "ada" },
      params: {},
      status: "running",
      reason: null,
      dueAt: null,
      lateAt: null,
      jobs: {},
      scheduledAt: 1,
      createdAt: 1,
      startedAt: 2,
      endedAt: null,
      outputs: null,
      isPaused: false,
      actions: [],
    },
    steps: [{ position: 1, path: "extract", kind: "noop", status, attempt: 1, ...times, ...rest }],
  };
}

import assert from "node:assert/strict";
import type { TimelineEntry } from "@headwater/api";
import type { Action } from "@headwater/engine";
import { RUN_ACTIONS, STEP_ACTIONS } from "@headwater/engine";
import { after, before, describe, it } from "mocha";
import { runAnswer, stepAnswer } from "#server/http/run-answer.js";
import { readRunTimeline } from "#server/http/run-timeline.js";
import type { RestartRequest } from "#server/runs/restarts.js";
import { until } from "#test/until.js";
import { startLocalRuns, type LocalRuns } from "../runs/local-runs.js";

const OPERATIONS = `
workflow: operations
params: { mode: { type: string, default: a } }
steps:
  gate: { wait_for: [{ signal: never }], noop: {} }
  ask: { approval: { approvers: [ann] } }
  flaky: { run: "exit 1", retry: { errors: 9, delay: 1h } }
  load:
    foreach: { n: "\${{ range(0, 3) }}" }
    max_parallel: 1
    steps: { wait: { approval: { approvers: [ann] } } }
  behind: { needs: [ask], noop: {} }
`;
const STRICT = `
workflow: strict
run_strategy: strict_sequential
steps: { work: { run: 'test "$HEADWATER_RUN_NUMBER" != 1', retry: { errors: 0 } } }
`;
const ASKING = `
workflow: asking
run_strategy: parallel
steps: { ask: { approval: { approvers: [ann] } }, after: { needs: [ask], noop: {} } }
`;
const FILES = {
  "operations.workflow.yaml": OPERATIONS,
  "strict.workflow.yaml": STRICT,
  "asking.workflow.yaml": ASKING,
};
const KEY = { project: "local", environment: "production", workflow: "strict" };

interface Operation {
  /** As the API names it among the actions of the run or of a step. */
  readonly name: string;
  /** Null for the run. */
  readonly step: string | null;
  readonly act: (local: LocalRuns, runId: string, who: Who) => Promise<unknown>;
  /** Lines of the timeline: the one of who did it first, then what it led to, path and what. */
  readonly told: readonly (readonly [path: string | null, what: string])[];
}

interface Who {
  readonly by: string;
  readonly reason: string;
}

/** Everything that may be done to a run, one after the other to the same one. */
const ALL: readonly Operation[] = [
  action({ name: "set_breakpoint", step: "behind" }, [["behind", "set breakpoint"]]),
  {
    name: "approve",
    step: "ask",
    act: (local, id, { by, reason }) =>
      local.runs.answerApproval(id, { path: "ask", by, approved: true, comment: reason }),
    told: [
      ["ask", "approve"],
      ["behind", "paused"],
    ],
  },
  action({ name: "resume", path: "behind" }, [
    ["behind", "resume"],
    ["behind", "attempt 1 succeeded"],
  ]),
  action({ name: "clear_breakpoint", step: "behind" }, [["behind", "clear breakpoint"]]),
  action({ name: "pause", path: "gate" }, [
    ["gate", "pause"],
    ["gate", "paused"],
  ]),
  action({ name: "resume", path: "gate" }, [
    ["gate", "resume"],
    ["gate", "waiting for signal"],
  ]),
  action({ name: "bypass", path: "gate" }, [
    ["gate", "bypass"],
    ["gate", "attempt 1 succeeded"],
  ]),
  action({ name: "retry", path: "flaky" }, [
    ["flaky", "retry"],
    ["flaky", "attempt 2 failed"],
  ]),
  action({ name: "skip", path: "flaky", outputs: null }, [
    ["flaky", "skip"],
    ["flaky", "skipped"],
  ]),
  action({ name: "set_max_parallel", path: "load", maxParallel: 2 }, [
    ["load", "set max parallel to 2"],
    ["load[1].wait", "paused"],
  ]),
  {
    name: "approve",
    step: "load[1].wait",
    act: (local, id, { by, reason }) =>
      local.runs.answerApproval(id, { path: "load[1].wait", by, approved: false, comment: reason }),
    told: [
      ["load[1].wait", "reject"],
      ["load[1].wait", "failed"],
    ],
  },
  action({ name: "pause", path: null }, [[null, "pause"]]),
  action({ name: "resume", path: null }, [[null, "resume"]]),
  restart("gate", { from: "step", path: "gate" }, [
    ["gate", "restart"],
    ["gate", "waiting for signal"],
  ]),
  {
    name: "cancel",
    step: null,
    act: (local, id, who) => local.runs.actOnRun(id, { kind: "cancel", ...who }),
    told: [
      [null, "cancel"],
      [null, "canceled"],
    ],
  },
  restart(null, { params: { mode: "b" } }, [
    [null, "restart from incomplete with other params"],
    [null, "began"],
  ]),
  action({ name: "skip", path: "gate", outputs: null }, [
    ["gate", "skip"],
    ["gate", "skipped"],
  ]),
  {
    name: "cancel",
    step: null,
    act: (local, id, who) => local.runs.actOnRun(id, { kind: "cancel", ...who }),
    told: [[null, "cancel"]],
  },
  restart(null, { from: "beginning", version: "latest" }, [
    [null, "restart from beginning with version 2 with other params"],
    [null, "succeeded"],
  ]),
];

describe("the timeline of a run", function () {
  this.timeout(60_000);
  let local: LocalRuns;
  before(async () => {
    local = await startLocalRuns(FILES);
  });
  after(() => local.stop());

  it("tells every operation with who and why, and what came of it; the API offered it before", async () => {
    const { id } = await local.start("operations");
    for (const [index, operation] of ALL.entries()) {
      const who = { by: "ann", reason: `because of ${index}` };
      await until(`${operation.name} is offered`, () => isOffered(local, id, operation));
      if (index === ALL.length - 1)
        await local.deploy({
          ...FILES,
          "operations.workflow.yaml": "workflow: operations\nsteps: { only: { noop: {} } }\n",
        });
      await operation.act(local, id, who);
      await until(`${operation.name} is told: ${JSON.stringify(operation.told)}`, async () =>
        isTold(await timeline(local, id), operation, who),
      );
    }
    const tested = new Set(ALL.map(({ name }) => name));
    const known = [...Object.values(RUN_ACTIONS), ...Object.values(STEP_ACTIONS)].flat();
    assert.deepEqual(
      [...new Set<string>(known)].filter((name) => !tested.has(name)),
      [],
    );
  });

  it("tells who has set a breakpoint for all runs of its workflow and taken it away, of a run that begins later as well", async () => {
    const key = { ...KEY, workflow: "asking" };
    const { id } = await local.start("asking");
    await until("it asks", async () => (await timeline(local, id)).some(({ what }) => what === "paused"));
    const workflow = await local.store.findWorkflow(key);
    assert.ok(workflow !== null);
    await local.breakpoints.set(workflow, "after", { by: "ann", reason: "to look" });
    const later = await local.start("asking");
    await local.breakpoints.clear(key, "after", { by: "bob", reason: "seen" });
    const told = async (runId: string): Promise<readonly string[]> =>
      (await timeline(local, runId))
        .filter(({ what }) => what.startsWith("breakpoint"))
        .map(({ path, what, by, why }) => `${path}: ${what} by ${by}: ${why}`);
    const gone = "after: breakpoint of the workflow taken away by bob: seen";
    await until("that it is gone", async () => (await told(later.id)).includes(gone));
    for (const runId of [id, later.id])
      assert.deepEqual(await told(runId), ["after: breakpoint of the workflow by ann: to look", gone]);
  });

  it("tells who has paused, resumed and unblocked the workflow while the run was in its queue, and nothing of before and after", async () => {
    const failed = await local.start("strict");
    await local.ended(failed.id);
    await local.pauses.pause(KEY, { by: "bob", reason: "of before" });
    await local.pauses.resume(KEY, { by: "bob", reason: "of before" });
    await local.pauses.pause(KEY, { by: "ann", reason: "the source is down" });
    const held = await local.start("strict");
    const early = await timeline(local, held.id);
    assert.deepEqual(textsOf(early), ["held: its workflow is paused, by ann: the source is down"]);
    assert.equal(early[0]?.at, held.createdAt);
    await local.pauses.resume(KEY, { by: "cid", reason: "it is up" });
    await local.runs.unblock(KEY, { by: "dan", reason: "mended" });
    await local.ended(held.id);
    await local.pauses.pause(KEY, { by: "eve", reason: "of after" });
    await local.pauses.resume(KEY, { by: "eve", reason: "of after" });
    const told = [
      "held: its workflow is paused, by ann: the source is down",
      "its workflow was resumed, by cid: it is up",
      "its workflow was unblocked: run #1 of strict holds it up no longer, by dan: mended",
      "began, by null: null",
    ];
    const whole = await timeline(local, held.id);
    assert.deepEqual(textsOf(whole).slice(0, 4), told);
    assert.deepEqual(await pages(local, held.id), whole);
    assert.equal(
      textsOf(await timeline(local, failed.id)).at(-1),
      "let pass: it holds up its workflow no longer, by dan: mended",
    );
  });

  it("tells of the same of a run that queues again", async () => {
    const [run] = await local.store.listRuns({ ...KEY, status: "failed", limit: 1 });
    assert.ok(run !== undefined);
    await local.pauses.pause(KEY, { by: "ann", reason: "again" });
    await local.runs.restartRun(run.id, { ...INCOMPLETE, by: "ann", reason: "" });
    assert.equal(
      textsOf(await timeline(local, run.id)).at(-1),
      "held: its workflow is paused, by ann: again",
    );
    await local.pauses.resume(KEY, { by: "bob", reason: "" });
    await local.ended(run.id);
    const whole = await timeline(local, run.id);
    const at = whole.findIndex(({ what }) => what === "restart from incomplete");
    assert.deepEqual(textsOf(whole).slice(at + 1, at + 4), [
      "held: its workflow is paused, by ann: again",
      "its workflow was resumed, by bob: ",
      "began, by null: null",
    ]);
    assert.deepEqual(await pages(local, run.id), whole);
  });
});

const INCOMPLETE = { from: "incomplete", path: null, params: {}, version: null } as const;

function action(asked: Exclude<Action, { readonly name: "restart" }>, told: Operation["told"]): Operation {
  const step = "step" in asked ? null : asked.path;
  const act: Operation["act"] = (local, runId, who) =>
    local.runs.actOnRun(runId, { kind: "action", action: asked, ...who });
  return { name: asked.name, step, act, told };
}

function restart(step: string | null, how: Partial<RestartRequest>, told: Operation["told"]): Operation {
  const act: Operation["act"] = (local, runId, who) =>
    local.runs.restartRun(runId, { ...INCOMPLETE, ...how, ...who });
  return { name: "restart", step, act, told };
}

async function isOffered(
  { store, runs }: LocalRuns,
  runId: string,
  { name, step }: Operation,
): Promise<boolean> {
  const row = await store.findRun(runId);
  assert.ok(row !== null);
  if (step === null) return runAnswer(row, runs).actions.some((each) => each === name);
  const steps = await store.listSteps(runId, { limit: 100 });
  const found = steps.find(({ path }) => path === step);
  return (
    found !== undefined &&
    stepAnswer(found, row, { runs, properties: null }).actions.some((each) => each === name)
  );
}

/** The first line is who did it; what it led to follows it, with others between. */
function isTold(lines: readonly TimelineEntry[], { told }: Operation, { by, reason }: Who): boolean {
  const [first, ...outcomes] = told;
  const at = lines.findIndex((line) => line.by === by && line.why === reason);
  const own = lines[at];
  if (own === undefined || own.path !== first?.[0] || own.what !== first[1]) return false;
  const after = lines.slice(at + 1);
  return outcomes.every(([path, what]) => after.some((line) => line.path === path && line.what === what));
}

async function timeline(local: LocalRuns, runId: string): Promise<readonly TimelineEntry[]> {
  return (await page(local, runId, { from: 0, limit: 1000 })).entries;
}

async function page(
  { store }: LocalRuns,
  runId: string,
  { from, limit }: { readonly from: number; readonly limit: number },
): ReturnType<typeof readRunTimeline> {
  const row = await store.findRun(runId);
  assert.ok(row !== null);
  return readRunTimeline(store, row, { after: from, limit, now: Date.now() });
}

/** The same, one entry of the journal at a time. */
async function pages(local: LocalRuns, runId: string): Promise<readonly TimelineEntry[]> {
  const all: TimelineEntry[] = [];
  for (let from: number | null = 0; from !== null;) {
    const read: Awaited<ReturnType<typeof page>> = await page(local, runId, { from, limit: 1 });
    all.push(...read.entries);
    from = read.next;
  }
  return all;
}

function textsOf(lines: readonly TimelineEntry[]): readonly string[] {
  return lines.map(({ what, by, why }) => `${what}, by ${by}: ${why}`);
}

import assert from "node:assert/strict";
import type { MentionQuery, MentionRole } from "#server/store/lineage-rows.js";
import type { Store } from "#server/store/store.js";
import { noop } from "../../engine/builder.js";
import type { StoreFactory } from "./store-conformance.js";
import {
  activation,
  advance,
  deployment,
  newRun,
  newSignal,
  signalTrigger,
  SUCCEEDED,
} from "./store-rows.js";
import { testWith } from "./with-store.js";

const ROLES: readonly MentionRole[] = ["emits", "receives", "starts", "waits", "follows", "calls"];

/** Who makes whom act, as it is deployed and as it has happened. */
export function describeLineage(create: StoreFactory): void {
  const test = testWith(create);

  test("listMentions() pages through what the last deployment says, by signal, and forgets what it no longer has", async ({
    store,
  }) => {
    const emitting = { ...noop("go"), emit: [{ signal: "loaded", params: {} }] };
    const first = activation(deployment("d1"), {
      daily: { triggers: [signalTrigger("loaded")] },
      other: {
        steps: [emitting],
        triggers: [{ kind: "workflow", workflow: "daily", on: "failed", params: {} }],
      },
    });
    const webhook = {
      signal: "loaded",
      secret: "S",
      proof: "token",
      header: "h",
      each: null,
      params: {},
      dedupe: null,
    } as const;
    const settings = { ...first.settings, webhooks: { hook: webhook } };
    await store.activateDeployment({ ...first, settings });
    assert.deepEqual(await mentions(store), [
      "daily follows other",
      "loaded emits other",
      "loaded receives hook",
      "loaded starts daily",
    ]);
    assert.deepEqual(await mentions(store, { subject: "loaded", limit: 1 }), ["loaded emits other"]);
    const [, after] = await store.listMentions({ roles: ROLES, limit: 2 });
    assert.ok(after !== undefined);
    assert.deepEqual(await mentions(store, { after, roles: ["starts"] }), ["loaded starts daily"]);
    await store.activateDeployment(
      activation(deployment("d2", { commit: "later" }), { daily: { version: "ver_2" } }, ["other"]),
    );
    assert.deepEqual(await mentions(store), []);
  });

  test("listSignalUses() tells the runs that a signal has started, and those that it has let go on", async ({
    store,
  }) => {
    const { id } = await store.recordSignal(newSignal("a"));
    const origin = { signal: "table-updated", signalId: id, params: {} };
    await store.matchSignals(id, {
      runs: [
        newRun("r1", { trigger: { kind: "signal", ...origin, depth: 0, root: null } }),
        newRun("r2", { trigger: { kind: "all", signals: { x: origin, y: origin }, depth: 0, root: null } }),
        newRun("r3"),
      ],
      joined: [],
    });
    const event = { kind: "gate_opened", path: "load[3].copy", gate: 0, signalId: id } as const;
    await store.advanceRun({ ...advance("r3", 1), entries: [{ seq: 1, at: 2000, event }] });
    const uses = await store.listSignalUses(id, { limit: 9 });
    assert.deepEqual(
      uses.map(({ run, path }) => [run.id, path]),
      [
        ["r1", ""],
        ["r2", ""],
        ["r3", "load[3].copy"],
      ],
    );
    const [, second] = uses;
    assert.ok(second !== undefined);
    const rest = await store.listSignalUses(id, { after: second, limit: 9 });
    assert.deepEqual(
      rest.map(({ run }) => run.id),
      ["r3"],
    );
    assert.deepEqual(await store.listUsedSignals("r3", 9), [
      { signalId: id, path: "load[3].copy", signal: await store.findSignal(id) },
    ]);
    assert.equal(await store.findSignal(99), null);
  });

  test("listEmittedSignals() and listFollowingRuns() tell what came of a run", async ({ store }) => {
    const chain = { depth: 1, root: "r1" };
    await store.createRuns([
      newRun("r1"),
      newRun("r2", { trigger: { kind: "workflow", workflow: "daily", runId: "r1", ...chain } }),
      newRun("r3", { trigger: { kind: "step", runId: "r1", path: "call", attempt: 1, ...chain } }),
      newRun("r4"),
    ]);
    const signals = [
      newSignal("a", { runId: "r1" }),
      newSignal("end", { runId: "r1", signal: "headwater/run-ended/p/e/w" }),
    ];
    await store.advanceRun(advance("r1", 1, { run: SUCCEEDED, signals }));
    assert.deepEqual(
      (await store.listEmittedSignals("r1", 9)).map(({ key }) => key),
      ["a"],
    );
    assert.deepEqual(
      (await store.listFollowingRuns("r1", 9)).map(({ id }) => id),
      ["r2", "r3"],
    );
  });
}

async function mentions(store: Store, query: Partial<MentionQuery> = {}): Promise<readonly string[]> {
  const rows = await store.listMentions({ roles: ROLES, limit: 9, ...query });
  return rows.map(({ subject, role, name }) => `${subject} ${role} ${name}`);
}

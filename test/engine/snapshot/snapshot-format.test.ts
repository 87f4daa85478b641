import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeSteps, restoreRun, STEP_STATUSES, takeSnapshot } from "@headwater/engine";
import type { RunState } from "@headwater/engine";
import { it } from "mocha";
import { SNAPSHOT_FORMAT } from "#engine/snapshot/snapshot-line.js";
import { approval, evaluator, foreach, run, sleep, whileLoop, workflow } from "../builder.js";
import { World } from "../world.js";

const FILE = join(import.meta.dirname, `../../../fixtures/snapshots/format-${SNAPSHOT_FORMAT}.txt`);

it("a snapshot says what it always said: what an older build has written is read as it was meant, or not at all", () => {
  const { state } = playedRun();
  // Columns hold statuses as their numbers.
  const lines = [STEP_STATUSES.join(" "), ...takeSnapshot(state)];
  if (process.env["UPDATE_SNAPSHOT"] !== undefined) writeFileSync(FILE, `${lines.join("\n")}\n`);
  const written = readFileSync(FILE, "utf8").trimEnd().split("\n");
  assert.deepEqual(
    lines,
    written,
    "Raise SNAPSHOT_FORMAT, which names the file, and write that with UPDATE_SNAPSHOT=1",
  );
  const again = restoreRun(written.slice(1), { definition: state.definition, evaluator });
  assert.ok(again !== null);
  assert.deepEqual(describeSteps(again), describeSteps(state));
});

/** A run in the middle of all that a run can be in the middle of. */
function playedRun(): { readonly state: RunState } {
  const outputs = { rows: { name: "int" } } as const;
  const retry = {
    errors: 1,
    platform: 0,
    timeouts: 0,
    delayMs: 1000,
    backoff: "fixed",
    maxDelayMs: 1000,
  } as const;
  const gate = { signal: "updated", match: [], lookbackMs: null, timeoutMs: 5000 };
  const copies = foreach("load", [1, 2, "three"], {
    needs: ["first"],
    maxParallel: 2,
    onFailure: "continue",
    steps: [run("copy", { outputs }), run("check", { needs: ["copy"], retry })],
  });
  const world = World.start(
    workflow(
      [
        run("first", { outputs }),
        copies,
        foreach("outer", [1, 2], { steps: [foreach("inner", [1, 2], { steps: [run("deep")] })] }),
        whileLoop("rounds", "true", { steps: [run("round")], maxIterations: 5 }),
        sleep("rest", { forMs: 60_000 }),
        approval("ask", { approvers: ["ann"] }),
        run("gated", { waitFor: [gate] }),
        run("late", { needs: ["load"] }),
      ],
      { maxParallelSteps: 4 },
    ),
  );
  world.succeed("first", { rows: 3 });
  world.succeed("load[0].copy", { rows: 4 });
  world.fail("load[0].check");
  world.act({ name: "set_breakpoint", step: "late" });
  world.act({ name: "pause", path: "load[1].copy" });
  return world;
}

import assert from "node:assert/strict";
import { assumedOutputs, simulate } from "@headwater/engine";
import { describe, it } from "mocha";
import { T0, foreach, outcome, run, workflow } from "../builder.js";

describe("assumedOutputs()", () => {
  const rows = { outputs: { rows: { name: "int" }, file: { name: "string" } } } as const;
  const definition = workflow([
    run("extract", rows),
    foreach("load", [1, 2], { needs: ["extract"], steps: [run("copy", rows)] }),
    run("skipped", { ...rows, if: "false" }),
  ]);

  it("tells each step once, with the outputs of which nothing was given", () => {
    const given = { extract: [outcome({ outputs: { rows: 5 } })] };
    const { steps } = simulate({ definition, params: {}, given, startAt: T0 });
    assert.deepEqual(assumedOutputs(steps, given), [
      { step: "extract", outputs: { file: "" } },
      { step: "load.copy", outputs: { rows: 0, file: "" } },
    ]);
  });

  it("says nothing when all was given", () => {
    const all = [outcome({ outputs: { rows: 5, file: "a" } })];
    const given = { extract: all, "load.copy": all };
    const { steps } = simulate({ definition, params: {}, given, startAt: T0 });
    assert.deepEqual(assumedOutputs(steps, given), []);
  });
});

import assert from "node:assert/strict";
import { simulate } from "@headwater/engine";
import type { SimulationResult } from "@headwater/engine";
import type { StepDefinition, WorkflowDefinition } from "@headwater/workflow";
import type { GivenOutcome } from "@headwater/workflow";
import type { RunRow, StepRow } from "#server/store/store.js";
import { outcomeOf } from "./scripted-workers.js";

/** Workflows whose end does not depend on when things happen. */
const TIMELESS = new Set(["chain", "loops", "strict", "heard"]);
const OUTCOMES = 5;

/** How a run must end when nobody stops it, whatever happens to the service: as the simulator of the language says. */
export class ExpectedRuns {
  readonly #results: ReadonlyMap<string, SimulationResult>;

  constructor(definitions: ReadonlyMap<string, WorkflowDefinition>) {
    this.#results = new Map([...definitions].map(([id, definition]) => [id, expectedOf(definition)]));
  }

  /** @throws AssertionError when the run ended another way */
  check({ id, workflow, status }: RunRow, steps: readonly StepRow[]): void {
    const expected = this.#results.get(workflow);
    if (expected === undefined || !TIMELESS.has(workflow) || status === "canceled") return;
    assert.equal(status, expected.status, `run ${id} of ${workflow}`);
    const ended = Object.fromEntries(steps.map((step) => [step.path, step.status]));
    const wanted = Object.fromEntries([...expected.steps].map(([path, step]) => [path, step.status]));
    assert.deepEqual(ended, wanted, `the steps of run ${id} of ${workflow}`);
  }
}

function expectedOf(definition: WorkflowDefinition): SimulationResult {
  const given = Object.fromEntries(pathsOf(definition.steps, "").map((path) => [path, outcomesOf(path)]));
  return simulate({ definition, params: {}, given, startAt: 0 });
}

function pathsOf(steps: readonly StepDefinition[], prefix: string): readonly string[] {
  return steps.flatMap((step) => {
    const path = `${prefix}${step.id}`;
    return "steps" in step ? pathsOf(step.steps, `${path}.`) : [path];
  });
}

function outcomesOf(path: string): readonly GivenOutcome[] {
  return Array.from({ length: OUTCOMES }, (_, before) => {
    const result = outcomeOf(path, before);
    return {
      where: null,
      fails: result.status === "failed" ? result.class : null,
      outputs: result.status === "succeeded" ? result.outputs : {},
      afterMs: 0,
      isFinal: false,
      cached: false,
      signals: [],
      answer: null,
    };
  });
}

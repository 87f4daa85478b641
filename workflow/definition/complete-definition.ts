import type { StepDefinition, Trigger, WorkflowDefinition, WorkflowProperties } from "./definition.js";

/**
 * A definition as today's code reads it, from one that an earlier build has stored: what the language has learnt since is
 * not in it, and means what it means in a file that does not use it. The same rule makes fingerprints, which leave out
 * what is empty; so a field that is added to a definition is empty by default and stands in one of the tables below.
 */
export function completeDefinition(stored: WorkflowDefinition): WorkflowDefinition {
  const definition = { ...OF_WORKFLOW, ...stored };
  return {
    ...definition,
    triggers: definition.triggers.map(completeTrigger),
    steps: definition.steps.map(completeStep),
  };
}

/** Properties as today's code reads them; see `completeDefinition`. */
export function completeProperties(stored: WorkflowProperties): WorkflowProperties {
  const properties = { ...OF_PROPERTIES, ...stored };
  return { ...properties, expect: completeExpectation(properties.expect) };
}

function completeExpectation(stored: WorkflowProperties["expect"]): WorkflowProperties["expect"] {
  return stored === null ? null : { ...OF_EXPECTATION, ...stored };
}

/** A trigger as today's code reads it; see `completeDefinition`. */
export function completeTrigger<T extends Trigger>(stored: T): T {
  return { ...OF_TRIGGER[stored.kind], ...stored };
}

function completeStep(stored: StepDefinition): StepDefinition {
  const step = { ...OF_STEP, ...OF_KIND[stored.kind], ...stored };
  return "steps" in step ? { ...step, steps: step.steps.map(completeStep) } : step;
}

const OF_WORKFLOW = { triggers: [], params: [], outputs: [], maxParallelSteps: null, timeoutMs: null };

const OF_PROPERTIES = { description: null, owner: null, labels: {}, expect: null, alerts: [], steps: {} };

const OF_EXPECTATION = { completeBy: null, timezone: "UTC", withinMs: null };

const OF_TRIGGER: Readonly<Record<Trigger["kind"], object>> = {
  schedule: { startsAt: null, endsAt: null, params: {} },
  signal: { match: [], if: null, dedupe: null, params: {} },
  all: { join: [], withinMs: null, if: null, dedupe: null, params: {} },
  workflow: { params: {} },
};

const OF_STEP = {
  needs: [],
  if: null,
  timeoutMs: null,
  outputs: {},
  emit: [],
  ignoreFailure: false,
  givenInputs: [],
  permits: [],
  waitFor: [],
  cache: null,
};

const ON_A_WORKER = { image: null, resources: null, pool: null };

const OF_KIND: Readonly<Record<StepDefinition["kind"], object>> = {
  run: { env: {}, workingDirectory: null, ...ON_A_WORKER },
  sql: { server: null, file: null, params: {}, pool: null },
  http: { headers: {}, body: null, expect: [], poll: null, pool: null },
  notebook: { fileHash: null, params: {}, ...ON_A_WORKER },
  plugin: { with: {}, inputs: {}, pool: null },
  noop: {},
  foreach: { over: [], maxParallel: null, steps: [] },
  while: { vars: [], steps: [] },
  workflow: { with: {}, wait: false },
  approval: { approvers: [], prompt: null },
  sleep: {},
};

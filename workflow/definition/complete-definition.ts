import type { StepDefinition, Trigger, WorkflowDefinition, WorkflowProperties } from "./definition.js";

/**
 * A definition as today's code reads it, from one that an earlier build has stored: what the language has learnt since is
 * not in it, and means what it means in a file that does not use it. The same rule makes fingerprints, which leave out
 * what is empty; so a field that is added to a definition is empty by default and stands in one of the tables below.
 */
export function completeDefinition(stored: WorkflowDefinition): WorkflowDefinition {
  const definition = withDefaults(stored, OF_WORKFLOW);
  const triggers = definition.triggers.map(completeTrigger);
  const steps = definition.steps.map(completeStep);
  return isSame(triggers, definition.triggers) && isSame(steps, definition.steps)
    ? definition
    : { ...definition, triggers, steps };
}

/** Properties as today's code reads them; see `completeDefinition`. */
export function completeProperties(stored: WorkflowProperties): WorkflowProperties {
  const properties = withDefaults(stored, OF_PROPERTIES);
  const expect = completeExpectation(properties.expect);
  return expect === properties.expect ? properties : { ...properties, expect };
}

function completeExpectation(stored: WorkflowProperties["expect"]): WorkflowProperties["expect"] {
  return stored === null ? null : withDefaults(stored, OF_EXPECTATION);
}

/** A trigger as today's code reads it; see `completeDefinition`. */
export function completeTrigger<T extends Trigger>(stored: T): T {
  return withDefaults(stored, OF_TRIGGER[stored.kind]);
}

function completeStep(stored: StepDefinition): StepDefinition {
  const step = withDefaults(withDefaults(stored, OF_STEP), OF_KIND[stored.kind]);
  if (!("steps" in step)) return step;
  const steps = step.steps.map(completeStep);
  return isSame(steps, step.steps) ? step : { ...step, steps };
}

/** Nearly all was stored by this very build and lacks nothing: no other object is made of it, which would take a hundred times as long. */
function withDefaults<T extends object>(stored: T, defaults: object): T {
  return Object.keys(defaults).every((key) => key in stored) ? stored : { ...defaults, ...stored };
}

function isSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.every((item, index) => item === other[index]);
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

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  simulateRun,
  simulationForm,
  type AskedSimulation,
  type ProjectFile,
} from "@headwater/language-server";
import { serviceWith, uriOf } from "../marked-project.js";

const START = Date.UTC(2026, 10, 26, 12);
const TEXT = `workflow: a
params: { day: { type: date }, fast: { type: bool, default: true } }
steps:
  extract: { run: x, outputs: { rows: int }, retry: { errors: 1, delay: 30s } }
  rest: { sleep: 5m }
  load:
    needs: [extract]
    if: steps.extract.outputs.rows > 0
    foreach: { n: [1, 2] }
    steps: { copy: { run: x } }
  send: { needs: [load], workflow: b }
`;
const OTHER = "workflow: b\nsteps: { mail: { run: x, emit: { signal: mail.sent } } }\n";

function fileOf(text: string): ProjectFile {
  const service = serviceWith({ "a.workflow.yaml": text, "b.workflow.yaml": OTHER });
  const file = service.workspace.find(uriOf("a.workflow.yaml"));
  assert.ok(file !== null);
  return file;
}

/** The text of the run, or what is wrong. */
function simulated(given: AskedSimulation["given"], params: AskedSimulation["params"], text = TEXT): string {
  const work = simulateRun(fileOf(text), { given, params, startAt: START });
  let step = work.next();
  while (step.done !== true) step = work.next();
  const result = step.value;
  return result.ok ? result.text : result.problem;
}

const DAY = { day: "2026-01-01" };

describe("simulationForm()", () => {
  it("asks for params and for the outcomes of steps that have one of their own", () => {
    const form = simulationForm(fileOf(TEXT));
    assert.deepEqual(
      form?.params.map(({ name, type }) => `${name}: ${type}`),
      ["day: date", "fast: bool"],
    );
    assert.deepEqual(
      form?.steps.map(({ path, outputs }) => [path, ...outputs.map(({ name, type }) => `${name}: ${type}`)]),
      [["extract", "rows: int"], ["load.copy"], ["send"]],
    );
    assert.equal(simulationForm(fileOf("")), null);
  });
});

describe("simulateRun()", () => {
  it("tells what becomes of each step on the virtual clock, with the outcomes that are given", () => {
    const text = simulated({ extract: { fails: null, outputs: { rows: 3 } } }, DAY);
    assert.match(text, /^a from 2026-11-26T12:00:00Z, simulated: nothing was executed\nparams /);
    assert.match(text, /\+0s +load\S*copy\S* +succeeded/);
    assert.match(text, /emits mail\.sent \{\}/);
    assert.match(text, /\nsucceeded after 5m\n$/);
    assert.doesNotMatch(text, /nobody said/);
  });

  it("says by which outputs it went that nobody gave", () => {
    const text = simulated({}, DAY);
    assert.match(text, /load +skipped/);
    assert.match(text, /extract was taken to give \{"rows":0\}, which nobody said/);
  });

  it("retries what fails as the engine would", () => {
    const text = simulated({ extract: { fails: "error", outputs: {} } }, DAY);
    assert.match(text, /\+30s +extract +failed \(attempt 2\)/);
    assert.match(text, /\nfailed after /);
  });

  it("says everything that is wrong with what is given", () => {
    const given = {
      extract: { fails: null, outputs: { rows: "3", files: 1 } },
      rest: { fails: null, outputs: {} },
    };
    assert.equal(
      simulated(given, {}),
      [
        'Param "day" is required and has no default',
        'Output "rows" of step "extract" must be int, is "3"',
        'Output "files" of step "extract" is not declared',
        'Workflow "a" has no step "rest" whose outcome can be given',
      ].join("; "),
    );
    assert.match(simulated({}, DAY, `${TEXT}stray: 1\n`), /^a\.workflow\.yaml has errors, so nothing/);
    assert.equal(simulated({}, {}, ""), "There is no workflow in this file");
  });
});

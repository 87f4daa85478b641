import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { serviceWith, settle, uriOf } from "../marked-project.js";

const NOW = Date.UTC(2026, 10, 26, 12);
const COMMANDS = ["headwater.simulate", "headwater.showGraph", "headwater.runTest"] as const;

const WORKFLOW = `# Every morning, and on New Year's day.
workflow: a
triggers:
  - schedule: "0 0 1 1 *"
  - schedule: "0 6 * * *"
    timezone: Asia/Tokyo
  - { schedule: nonsense }
steps: { b: { noop: {} } }
`;
const TEST = `workflow: a
tests:
  goes well: { expect: { run: succeeded } }
  "is 'quoted'":
    expect: { run: failed }
`;

interface Asked {
  readonly path?: string;
  readonly commands?: readonly string[];
  readonly edit?: (text: string) => string;
}

/** Each lens as the text that it stands above, and its title; and what the lenses run. */
function lensesOf(
  text: string,
  { path = "a.workflow.yaml", commands = COMMANDS, edit = (same) => same }: Asked = {},
): readonly string[] {
  const service = serviceWith({});
  const uri = uriOf(path);
  service.workspace.open(uri, 1, text);
  settle(service);
  service.workspace.change(uri, 2, [{ text: edit(text) }]);
  return service.codeLenses(uri, NOW, commands).map(({ range, command }) => {
    const line = edit(text).split("\n")[range.start.line] ?? "";
    const above = line.slice(range.start.character, range.end.character);
    const args: readonly unknown[] = command?.arguments?.slice(1) ?? [];
    return [`${above}: ${command?.title ?? ""}`, ...args].join(" → ");
  });
}

describe("codeLenses()", () => {
  it("tells the earliest fire of all schedules above a workflow, and what can be done with it", () =>
    assert.deepEqual(lensesOf(WORKFLOW), [
      "a: Fires Fri 2026-11-27 06:00 Asia/Tokyo",
      "a: Simulate",
      "a: Graph",
    ]));

  it("says when the earliest of them is, which holds until then", () => {
    const service = serviceWith({});
    const uri = uriOf("a.workflow.yaml");
    service.workspace.open(uri, 1, WORKFLOW);
    settle(service);
    const first = Date.UTC(2026, 10, 26, 21);
    assert.equal(service.nextFireMs(uri, NOW), first);
    assert.equal(service.nextFireMs(uri, first - 1), first);
    assert.equal(service.nextFireMs(uri, first), first + 86_400_000);
    service.workspace.change(uri, 2, [{ text: "workflow: a\nsteps: { b: { noop: {} } }\n" }]);
    settle(service);
    assert.equal(service.nextFireMs(uri, NOW), null);
  });

  it("offers to run each test, by its name", () =>
    assert.deepEqual(lensesOf(TEST, { path: "a.workflow.test.yaml" }), [
      "goes well: Run test → goes well",
      "\"is 'quoted'\": Run test → is 'quoted'",
    ]));

  it("offers no command that the client has not", () => {
    assert.deepEqual(lensesOf(WORKFLOW, { commands: [] }), ["a: Fires Fri 2026-11-27 06:00 Asia/Tokyo"]);
    assert.deepEqual(lensesOf(TEST, { path: "a.workflow.test.yaml", commands: [] }), []);
  });

  it("tells no fire where none comes, and nothing of a file without a name", () => {
    const ended = WORKFLOW.replace(
      /triggers:[^]*(?=steps)/,
      "triggers: { schedule: @daily, ends: 2026-01-01 }\n",
    );
    assert.deepEqual(lensesOf(ended), ["a: Simulate", "a: Graph"]);
    assert.deepEqual(lensesOf("steps: { b: { noop: {} } }\n"), []);
    assert.deepEqual(lensesOf("template: a\nrun: x\n", { path: "a.template.yaml" }), []);
    assert.deepEqual(lensesOf("", { path: "headwater.yaml" }), []);
  });

  it("moves lenses with the text while nothing has been checked", () =>
    assert.deepEqual(lensesOf(TEST, { path: "a.workflow.test.yaml", edit: (text) => `# New.\n${text}` }), [
      "goes well: Run test → goes well",
      "\"is 'quoted'\": Run test → is 'quoted'",
    ]));
});

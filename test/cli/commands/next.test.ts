import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";
import { withFolder } from "../scratch-folder.js";

const SETTINGS = "project: growth\ndefaults: { timezone: Europe/Berlin }\n";

function workflow(triggers: string): string {
  return `workflow: daily\ntriggers:\n${triggers}\nsteps: { go: { noop: } }\n`;
}

async function next(
  triggers: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  let ended = { code: -1, stdout: "", stderr: "" };
  const files = { "headwater.yaml": SETTINGS, "etl/daily.workflow.yaml": workflow(triggers) };
  await withFolder(files, async (cwd) => {
    const now = (): number => Date.parse("2026-03-27T12:00:00Z");
    ended = await capturedMain(["next", "etl/daily.workflow.yaml", ...args], { cwd, now });
  });
  return ended;
}

describe("headwater next", () => {
  it("says of a file of another kind, and of a folder, that they are no workflow", async () => {
    const files = {
      "headwater.yaml": SETTINGS,
      "a.workflow.test.yaml": "workflow: a\n",
      "a.template.yaml": "",
    };
    await withFolder(files, async (cwd) => {
      for (const [file, why] of [
        ["a.workflow.test.yaml", "it holds the tests of one"],
        ["a.template.yaml", "it is a template"],
        ["headwater.yaml", "it holds the settings of a project"],
        [".", "it is no file"],
      ] as const) {
        const { code, stderr } = await capturedMain(["next", file], { cwd });
        assert.deepEqual(
          [code, stderr],
          [2, `error: Cannot read "${file}" as a workflow: ${why}, name a *.workflow.yaml\n`],
        );
      }
    });
  });

  it("prints the fires of all schedules together, sorted, each once, strictly after the time given", async () => {
    const { code, stdout } = await next(
      '  - { schedule: "0 6 * * 1-5", timezone: America/Los_Angeles }\n  - { schedule: "0 14 * * *", timezone: UTC, jitter: 5m }',
      ["--after", "2026-10-30T13:00:00Z", "--count", "5", "--format", "json"],
    );
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), [
      "2026-10-30T14:00:00Z",
      "2026-10-31T14:00:00Z",
      "2026-11-01T14:00:00Z",
      "2026-11-02T14:00:00Z",
      "2026-11-03T14:00:00Z",
    ]);
  });

  it("shows the author's clock, with its changes between the fires, from now on in the project's time zone", async () => {
    const { stdout } = await next('  - { schedule: "30 2 * * *" }', ["--count", "3"]);
    assert.equal(
      stdout,
      [
        "LOCAL TIME                   UTC                   SCHEDULE",
        "Sat 2026-03-28 02:30 +01:00  2026-03-28T01:30:00Z  30 2 * * * (Europe/Berlin)",
        "clocks go forward 1h         2026-03-29T01:00:00Z  02:00 to 03:00 does not exist (Europe/Berlin)",
        "Sun 2026-03-29 03:00 +02:00  2026-03-29T01:00:00Z  30 2 * * * (Europe/Berlin)",
        "Mon 2026-03-30 02:30 +02:00  2026-03-30T00:30:00Z  30 2 * * * (Europe/Berlin)",
        "",
      ].join("\n"),
    );
  });

  it("says of a schedule why it does not fire", async () => {
    const { code, stdout } = await next(
      '  - { schedule: "0 0 30 2 *" }\n  - { schedule: "@daily", ends: 2026-01-01 }\n  - { schedule: "@yearly", ends: 2026-12-31 }',
      [],
    );
    assert.equal(code, 0);
    assert.equal(
      stdout,
      [
        "0 0 30 2 * (Europe/Berlin) never fires: there is no such day",
        "@daily (Europe/Berlin) ended at 2026-01-01T00:00:00Z",
        "@yearly (Europe/Berlin) does not fire again before it ends at 2026-12-31T00:00:00Z",
        "",
      ].join("\n"),
    );
  });

  it("does not take the end of the calendar for a day that there is not", async () => {
    const { stdout } = await next('  - { schedule: "0 0 13 * 5" }', ["--after", "9999-12-31T23:59:59Z"]);
    assert.equal(stdout, "0 0 13 * 5 (Europe/Berlin) does not fire any more: the calendar ends there\n");
  });

  it("says that there are no schedules, which is an empty list for programs", async () => {
    const trigger = "  - { workflow: ingest }";
    assert.equal((await next(trigger, [])).stdout, 'Workflow "daily" has no schedules\n');
    assert.deepEqual(JSON.parse((await next(trigger, ["--format", "json"])).stdout), []);
  });

  it("prints no fires of a file with errors: ends with 1 and shows them", async () => {
    const { code, stdout, stderr } = await next('  - { schedule: "0 25 * * *" }', []);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^etl\/daily\.workflow\.yaml:3:20 error invalid-schedule: "25" is no hour/);
  });

  it("ends with 2 when it is used wrongly", async () => {
    for (const args of [
      ["--after", "tomorrow"],
      ["--count", "0"],
      ["--count", "10001"],
      ["--count", "1e2"],
    ]) {
      const { code, stdout } = await next("  - { schedule: '@daily' }", args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    }
    assert.equal((await capturedMain(["next", "no/such.workflow.yaml"])).code, 2);
    assert.equal((await capturedMain(["next", "."])).code, 2);
  });
});

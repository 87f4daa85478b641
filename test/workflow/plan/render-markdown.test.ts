import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { renderPlanMarkdown, renderPlanText, type PlanContext } from "@headwater/workflow";
import { planned, workflowText } from "./planned.js";

const CONTEXT: PlanContext = { from: "main (1a2b3c4d)", to: "the working tree", runsInFlight: null };

const HOSTILE = [
  "**bold** <img src=x onerror=alert(1)> [a](https://x.example) ![b](c) @everyone #1",
  "` `` ``` ~~~",
  "a\u202egnp.exe\u200b\ufeff",
  "\u001b[31mred\u0007",
  "line\nline\n\n# title\n- item",
  "| a | b |",
];

describe("renderPlanMarkdown()", () => {
  it("shows a change as a comment would", () => {
    const before = workflowText("a", "owner: ada", "timeout: 1h");
    const after = workflowText("a", "owner: bob", "timeout: 2h");
    const plan = planned({ "a.workflow.yaml": before }, { "a.workflow.yaml": after });
    assert.equal(
      renderPlanMarkdown(plan, CONTEXT),
      [
        "### Plan: 0 added, 1 changed, 0 removed, 0 renamed, 0 unchanged",
        "",
        "- From `main (1a2b3c4d)` to `the working tree`, switched at 2026-11-26T13:30:00Z",
        "- 0 errors, 0 warnings after the change",
        "",
        "#### changed `a` in `a.workflow.yaml`: new version",
        "",
        "- `timeout` `1h` → `2h`",
        "- `owner` `ada` → `bob` (for queued runs at once)",
        "",
      ].join("\n"),
    );
  });

  it("tells hours together that follow each other and change alike", () => {
    const before = workflowText("a", "triggers:", "  - schedule: every 30m", '  - schedule: "0 20 * * *"');
    const after = workflowText("a", "triggers:", "  - schedule: every 15m", '  - schedule: "0 20 * * *"');
    const plan = planned({ "a.workflow.yaml": before }, { "a.workflow.yaml": after });
    assert.deepEqual(renderPlanMarkdown(plan, CONTEXT).match(/^ *- 2026-\d\d-\d\d \d\d:00Z.*$/gm), [
      "  - 2026-11-26 13:00Z to 2026-11-26 19:00Z, each hour: 2 → 4",
      "  - 2026-11-26 20:00Z: 3 → 5",
      "  - 2026-11-26 21:00Z to 2026-11-27 12:00Z, each hour: 2 → 4",
    ]);
  });

  for (const text of HOSTILE) {
    it(`keeps ${JSON.stringify(text)} inside a code span`, () => {
      const description = `description: ${JSON.stringify(text)}`;
      const plan = planned(
        { "a.workflow.yaml": workflowText("a") },
        { "a.workflow.yaml": workflowText("a", description) },
      );
      const item = renderPlanMarkdown(plan, { ...CONTEXT, from: text })
        .split("\n")
        .find((line) => line.includes("`description`"));
      assert.ok(item !== undefined);
      assert.equal(withoutCodeSpans(item), "- **+**   (for queued runs at once)");
      assert.doesNotMatch(item, /[\p{Cc}\p{Cf}]/u);
    });
  }

  it("never exceeds its size, and counts what has no room", () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `w${index}`);
    const plan = planned(
      {},
      Object.fromEntries(ids.map((id) => [`${id}.workflow.yaml`, workflowText(id, "nope: 1")])),
    );
    for (const sizeMax of [1000, 5000, 20_000]) {
      const markdown = renderPlanMarkdown(plan, CONTEXT, { sizeMax });
      assert.ok(markdown.length <= sizeMax);
      assert.match(markdown, /^### Plan: 1000 added/);
      assert.match(markdown, /\*No room here for \d+ more sections\.\*\n$/);
    }
    assert.ok(renderPlanMarkdown(plan, CONTEXT).length <= 60_000);
  });

  it("clips long values, and long lists of edits", () => {
    const steps = Array.from({ length: 500 }, (_, step) => `  s${step}: { run: "${"x".repeat(300)}" }`).join(
      "\n",
    );
    const plan = planned(
      { "a.workflow.yaml": "workflow: a\nsteps: { only: { noop: {} } }\n" },
      { "a.workflow.yaml": `workflow: a\nsteps:\n${steps}\n` },
    );
    const markdown = renderPlanMarkdown(plan, CONTEXT);
    assert.match(markdown, /- and 461 more\n/);
    assert.ok(markdown.length < 9000);
  });
});

describe("renderPlanText()", () => {
  it("lets no text from a file move the cursor of a terminal", () => {
    const lines = HOSTILE.map((text, index) => `  l${index}: ${JSON.stringify(text)}`);
    const plan = planned(
      { "a.workflow.yaml": workflowText("a") },
      { "a.workflow.yaml": workflowText("a", "labels:", ...lines) },
    );
    assert.doesNotMatch(renderPlanText(plan, { ...CONTEXT, to: HOSTILE.join("") }), /[^\n\P{Cc}]|\p{Cf}/u);
  });

  it("shows the runs that a service knows of only where one was asked", () => {
    const plan = planned({}, {});
    const runs = {
      workflow: "a",
      running: 1,
      queued: 2,
      first: ["p/a#1"],
      keepTheirVersion: true,
      queuedTakeOver: true,
    };
    const shown = ([null, [], [runs]] as const).map(
      (runsInFlight) => renderPlanText(plan, { ...CONTEXT, runsInFlight }).split("Runs in flight\n")[1],
    );
    assert.deepEqual(shown, [
      undefined,
      "  None is affected\n",
      "  a: 1 running, 2 queued\n    p/a#1 and 2 more\n    they end with the version they were created with\n    the queued ones take over what changes of its operation\n",
    ]);
  });
});

/** By the rule of CommonMark: a span ends at a run of backticks as long as the one that began it. */
function withoutCodeSpans(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
}

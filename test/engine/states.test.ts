import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_ACTIONS, RUN_TRANSITIONS, STEP_ACTIONS, STEP_TRANSITIONS } from "@headwater/engine";
import { describe, it } from "mocha";

const file = join(import.meta.dirname, "..", "..", "..", "docs", "states.md");

describe("docs/states.md", () => {
  it("draws the tables of the engine", () => {
    const drawn = `# States

Drawn from the tables in \`engine/step-status.ts\`, \`engine/run-status.ts\` and \`engine/operations/allowed-actions.ts\` by
\`test/engine/states.test.ts\`; to draw them anew, run that test with \`DRAW_STATES=1\`.

## A run

${diagram(RUN_TRANSITIONS)}

What may be done to it, by what it is. While it is being stopped, nothing may. \`pause\` is for one that is not paused, \`resume\`
for one that is; a paused run keeps its status.

${actionTable(RUN_ACTIONS)}

## A step

A step without a queue, such as a sleep or a loop, runs at once. An approval is \`paused\` until somebody answers, and other steps are
where somebody has paused them, their run, or has set a breakpoint. \`waiting_for_signal\` and
\`starting\` are passed through only by steps that have such a phase.

${diagram(STEP_TRANSITIONS)}

What may be done to it, by what it is, while its run is not being stopped and does not wait for its turn; in a run that has ended, only
\`restart\`:

${actionTable(STEP_ACTIONS)}

- \`approve\` (or reject) is for an approval that waits for its answer, \`resume\` for all else that is paused or is to pause; what the
  pause of the run holds goes on with the run.
- \`pause\` does not take back a run of another workflow that has been asked for.
- \`set_max_parallel\` is for a foreach.
- \`restart\` asks, within a run that goes on, that nothing which follows from the step is under way.
`;
    if (process.env["DRAW_STATES"] === "1") writeFileSync(file, drawn);
    assert.equal(readFileSync(file, "utf8"), drawn);
  });
});

function actionTable(table: Readonly<Record<string, readonly string[]>>): string {
  const rows = Object.entries(table).map(([status, actions]) => {
    const words = actions.map((action) => `\`${action}\``).join(", ");
    return `| \`${status}\` | ${words === "" ? "nothing" : words} |`;
  });
  return ["| it is | what may be done |", "| --- | --- |", ...rows].join("\n");
}

function diagram(table: Readonly<Record<string, readonly string[]>>): string {
  const [first = ""] = Object.keys(table);
  const arrows = Object.entries(table).flatMap(([from, next]) =>
    next.length === 0 ? [`  ${from} --> [*]`] : next.map((to) => `  ${from} --> ${to}`),
  );
  return ["```mermaid", "stateDiagram-v2", `  [*] --> ${first}`, ...arrows, "```"].join("\n");
}

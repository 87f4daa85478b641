import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_TRANSITIONS, STEP_TRANSITIONS } from "@headwater/engine";
import { describe, it } from "mocha";

const file = join(import.meta.dirname, "..", "..", "..", "docs", "states.md");

describe("docs/states.md", () => {
  it("draws the tables of the engine", () => {
    const drawn = `# States

Drawn from the tables in \`engine/step-status.ts\` and \`engine/run-status.ts\` by \`test/engine/states.test.ts\`; to draw
them anew, run that test with \`DRAW_STATES=1\`.

## A run

${diagram(RUN_TRANSITIONS)}

## A step

A step without a queue, such as a sleep or a loop, runs at once. An approval is \`paused\` until somebody answers. \`waiting_for_signal\`
and \`starting\` are passed through only by steps that have such a phase.

${diagram(STEP_TRANSITIONS)}
`;
    if (process.env["DRAW_STATES"] === "1") writeFileSync(file, drawn);
    assert.equal(readFileSync(file, "utf8"), drawn);
  });
});

function diagram(table: Readonly<Record<string, readonly string[]>>): string {
  const [first = ""] = Object.keys(table);
  const arrows = Object.entries(table).flatMap(([from, next]) =>
    next.length === 0 ? [`  ${from} --> [*]`] : next.map((to) => `  ${from} --> ${to}`),
  );
  return ["```mermaid", "stateDiagram-v2", `  [*] --> ${first}`, ...arrows, "```"].join("\n");
}

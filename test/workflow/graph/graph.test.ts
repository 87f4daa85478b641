import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { renderDot } from "#workflow/graph/dot.js";
import { layOut, type Box, type Placed } from "#workflow/graph/layered-layout.js";
import { renderMermaid } from "#workflow/graph/mermaid.js";
import { renderSvg } from "#workflow/graph/svg.js";
import { graphOf, type WorkflowGraph } from "#workflow/graph/workflow-graph.js";
import { compileProject } from "#workflow/project/compile-project.js";
import { treeOfTexts } from "../findings-fixture.js";

const WORKFLOW = `workflow: daily
triggers:
  - { schedule: "0 6 * * *", timezone: Europe/Berlin }
  - { signal: table.updated, if: 'signal.table == "a"' }
steps:
  end: { run: "true" }
  load:
    needs: [end]
    foreach: { part: [1, 2] }
    steps:
      copy: { noop: }
      audit: { needs: [copy], noop: , if: each.part > 1 }
  send: { needs: [end, load], noop: , require: any_failed, emit: [{ signal: table.sent }] }
`;

function graph(text = WORKFLOW): WorkflowGraph {
  const [workflow] = compileProject(treeOfTexts({ "daily.workflow.yaml": text })).workflows;
  assert.ok(workflow !== undefined);
  return graphOf(workflow);
}

describe("renderMermaid()", () => {
  it("draws triggers, steps, loops, needs, conditions and signals, under names of its own", () => {
    assert.equal(
      renderMermaid(graph()),
      `---
title: "daily"
---
flowchart TD
  n0(["0 6 #42; #42; #42; · schedule<br/>Europe/Berlin"])
  n1(["table.updated · signal<br/>if signal.table == #34;a#34;"])
  n2["end · run"]
  subgraph n3["load · foreach part"]
    n4["copy · noop"]
    n5["audit · noop<br/>if each.part #62; 1"]
  end
  n6["send · noop<br/>require any_failed"]
  n7>"table.sent · emits"]
  n0 --> n2
  n1 --> n2
  n2 --> n3
  n2 --> n6
  n3 --> n6
  n6 --> n7
  n4 --> n5
`,
    );
  });
});

describe("graphOf()", () => {
  it("calls a step by its name, and says which it is", () => {
    const text = WORKFLOW.replace("copy: { noop: }", 'copy: { name: "Copy a part", noop: }');
    assert.match(renderMermaid(graph(text)), /n4\["Copy a part · noop<br\/>step copy"\]/);
  });
});

describe("what is not seen", () => {
  it("is drawn as a sign in each format, so that a picture can be read and a terminal obeys nothing", () => {
    const text = WORKFLOW.replace("each.part > 1", String.raw`"each.part > 1 && '\e[2J' != ''"`)
      .replace("table.updated,", String.raw`table.updated, match: { table: "\e[2J\u009b" },`)
      .replace("copy: { noop: }", String.raw`copy: { name: "Copy\u202e\e", noop: }`);
    const drawn = graph(text);
    for (const picture of [renderMermaid(drawn), renderDot(drawn), renderSvg(drawn)]) {
      assert.deepEqual(picture.replaceAll("\n", "").match(/[\p{Cc}\p{Cf}]/gu), null);
    }
    assert.match(renderDot(drawn), /table ␛\[2J<U\+009B>/);
    assert.match(renderSvg(drawn), /Copy&lt;U\+202E&gt;␛/);
  });
});

describe("renderDot()", () => {
  it("lets edges of a loop end at its border, and escapes what people write", () => {
    const dot = renderDot(graph());
    assert.match(dot, /^digraph "daily" \{\n/);
    assert.match(dot, /\n {2}"end" -> "load" \[lhead="cluster load"\];\n/);
    assert.match(dot, /\n {2}"load" -> "send" \[ltail="cluster load"\];\n/);
    assert.match(dot, /label="table\.updated \(signal\)\\nif signal\.table == \\"a\\"", shape=oval/);
    assert.equal(dot.split("{").length, dot.split("}").length);
  });
});

describe("renderSvg()", () => {
  it("is one picture with every step, in which nothing that people write is markup", () => {
    const text = WORKFLOW.replace("each.part > 1", `'each.part > 1 && "</text><script>" != ""'`);
    const svg = renderSvg(graph(text));
    for (const title of ["end", "load", "copy", "audit", "send", "table.sent"]) {
      assert.match(svg, new RegExp(`<tspan class="name">${title}</tspan>`));
    }
    assert.ok(!svg.includes("<script>"));
    assert.match(svg, /&lt;\/text&gt;&lt;script&gt;/);
    assert.equal(svg.match(/<g /g)?.length, svg.match(/<\/g>/g)?.length);
    assert.equal(svg.match(/class="line"/g)?.length, 7);
  });

  it("draws loops in loops in time that does not explode", () => {
    const deep = Array.from({ length: 9 }, (_, depth) => {
      const indent = " ".repeat(2 + depth * 4);
      return `${indent}loop${depth}:\n${indent}  foreach: { item: [1] }\n${indent}  steps:\n`;
    }).join("");
    const svg = renderSvg(graph(`workflow: deep\nsteps:\n${deep}${" ".repeat(38)}go: { noop: }\n`));
    assert.equal(svg.match(/class="loop"/g)?.length, 9);
  });

  it("draws a workflow without triggers", () => {
    assert.match(renderSvg(graph("workflow: small\nsteps: { go: { noop: } }\n")), /<title>small<\/title>/);
  });
});

describe("layOut()", () => {
  it("puts each box below all that lead to it, and no two boxes over each other, whatever the lines", () => {
    const worlds = fc.integer({ min: 0, max: 14 }).chain((count) =>
      fc.record({
        boxes: fc.array(
          fc.record({ width: fc.integer({ min: 10, max: 200 }), height: fc.integer({ min: 10, max: 90 }) }),
          {
            minLength: count,
            maxLength: count,
          },
        ),
        lines: fc.array(fc.tuple(fc.nat(Math.max(0, count - 1)), fc.nat(Math.max(0, count - 1))), {
          maxLength: 25,
        }),
      }),
    );
    fc.assert(
      fc.property(worlds, ({ boxes, lines }) => {
        const all: readonly Box[] = boxes.map((box, index) => ({ ...box, id: String(index) }));
        // From a smaller to a larger number, so that there are no circles.
        const forward = lines
          .filter(([from, to]) => from < to)
          .map(([from, to]) => ({ from: `${from}`, to: `${to}` }));
        const layout = layOut(all, forward);
        assert.equal(layout.boxes.length, all.length);
        assert.equal(layout.lines.length, forward.length);
        const byId = new Map(layout.boxes.map((box) => [box.id, box]));
        for (const { from, to } of forward) {
          const [above, below] = [byId.get(from), byId.get(to)];
          assert.ok(above !== undefined && below !== undefined && above.y + above.height < below.y);
        }
        for (const one of layout.boxes) {
          assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width + 1e-6);
          assert.ok(one.y + one.height <= layout.height + 1e-6);
          assert.ok(layout.boxes.every((other) => one === other || isApart(one, other)));
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it("leaves out lines that would close a circle", () => {
    const boxes = ["a", "b"].map((id) => ({ id, width: 10, height: 10 }));
    const lines = [
      { from: "a", to: "b" },
      { from: "b", to: "a" },
      { from: "a", to: "a" },
    ];
    assert.equal(layOut(boxes, lines).lines.length, 1);
  });
});

function isApart(one: Placed, other: Placed): boolean {
  const isBeside = one.x + one.width <= other.x + 1e-6 || other.x + other.width <= one.x + 1e-6;
  return isBeside || one.y + one.height <= other.y || other.y + other.height <= one.y;
}

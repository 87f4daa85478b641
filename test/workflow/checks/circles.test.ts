import assert from "node:assert/strict";
import { compileProject } from "@headwater/workflow";
import { treeOfTexts } from "../findings-fixture.js";

const LENGTH = 1000;
const PLACES = Array.from({ length: LENGTH }, (_place, index) => index);

/** The place after, and after the last one the first. */
function after(place: number): number {
  return (place + 1) % LENGTH;
}

/** For each finding of a circle: its code, and how many places of the circle it names. */
function circlesIn(texts: Readonly<Record<string, string>>): readonly (readonly [string, number])[] {
  const { diagnostics } = compileProject(treeOfTexts(texts));
  return diagnostics.flatMap(({ code, message, related = [] }) => {
    assert.ok(message.length <= 1000);
    return code.endsWith("-cycle") ? [[code, related.length] as const] : [];
  });
}

function workflows(text: (place: number) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(PLACES.map((place) => [`w${place}.workflow.yaml`, text(place)]));
}

describe("circlesOf() finds a circle of 1,000 without recursion", () => {
  it("of steps that need each other", () => {
    const steps = PLACES.map((place) => `  s${place}: { noop: , needs: [s${after(place)}] }\n`);
    const texts = { "a.workflow.yaml": `workflow: a\nsteps:\n${steps.join("")}` };
    assert.deepEqual(circlesIn(texts), [["needs-cycle", LENGTH]]);
  });

  it("but none in a chain of as many", () => {
    const steps = PLACES.slice(1).map((place) => `  s${place}: { noop: , needs: [s${place - 1}] }\n`);
    assert.deepEqual(
      circlesIn({ "a.workflow.yaml": `workflow: a\nsteps:\n  s0: { noop: }\n${steps.join("")}` }),
      [],
    );
  });

  it("of workflows that run each other", () => {
    const texts = workflows((place) => `workflow: w${place}\nsteps: { s: { workflow: w${after(place)} } }\n`);
    assert.deepEqual(circlesIn(texts), [["subworkflow-cycle", LENGTH]]);
  });

  it("of workflows that start each other", () => {
    const texts = workflows(
      (place) => `workflow: w${place}\ntriggers: { workflow: w${after(place)} }\nsteps: { s: { noop: } }\n`,
    );
    assert.deepEqual(circlesIn(texts), [["trigger-cycle", LENGTH]]);
  });
}).timeout(20_000);

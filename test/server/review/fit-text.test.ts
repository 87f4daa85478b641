import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fitMarkdown, fitText } from "#server/review/fit-text.js";

const CUT = /\n\n… there was no room for the rest: `headwater plan` tells all\.$/;

describe("fitText", () => {
  it("leaves what fits to the last byte, and cuts between two characters", () => {
    const text = "a😀".repeat(40);
    assert.equal(Buffer.byteLength(text), 200);
    assert.equal(fitText(text, 200), text);
    for (let bytesMax = 100; bytesMax < 200; bytesMax += 1) {
      const cut = fitText(text, bytesMax);
      assert.match(cut, CUT);
      assert.match(cut.replace(CUT, ""), /^(a😀)+a?$/u);
      assert.ok(Buffer.byteLength(cut) <= bytesMax && Buffer.byteLength(cut) > bytesMax - 4);
    }
  });
});

describe("fitMarkdown", () => {
  it("cuts between two lines, and closes a fence that is open there", () => {
    const lines = ["one", "", "````yaml", "```", "a: 1", "```", "b: 2", "````", "two", "three"];
    const text = `${lines.join("\n")}\n${"x".repeat(100)}`;
    for (let bytesMax = 75; bytesMax < text.length; bytesMax += 1) {
      const cut = fitMarkdown(text, bytesMax);
      assert.ok(Buffer.byteLength(cut) <= bytesMax, cut);
      assert.match(cut, CUT);
      const kept = cut.replace(CUT, "").split("\n");
      assert.ok(kept.every((line) => lines.includes(line)));
      assert.equal(kept.filter((line) => line.startsWith("````")).length % 2, 0, cut);
    }
    assert.equal(fitMarkdown(text, text.length), text);
  });

  it("cuts a fence of 200 KB at a line, closes it, and leads to the rest", () => {
    const text = `### Plan\n\n\`\`\`yaml\n${"猫: 😀\n".repeat(20_000)}\`\`\`\n`;
    assert.ok(Buffer.byteLength(text) > 200_000);
    const link = "[the whole check](https://headwater.example/reviews/github/11/a) tells all";
    const cut = fitMarkdown(text, 65_535, link);
    assert.ok(Buffer.byteLength(cut) <= 65_535 && Buffer.byteLength(cut) > 65_000);
    assert.ok(
      cut.endsWith(`\n猫: 😀\n\`\`\`\n\n… there was no room for the rest: ${link}.`),
      cut.slice(-200),
    );
  });

  it("leaves nothing of a line that is too long", () => {
    const name = `\`@everyone ![x](https://evil.example/p.png) ${"x".repeat(500)}\``;
    assert.equal(fitMarkdown(name, 200), "… there was no room for the rest: `headwater plan` tells all.");
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseTree } from "#server/source/mirror/tree-object.js";

const [ONE, TWO] = ["1".repeat(40), "2".repeat(40)];

function raw(mode: string, name: string, id: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
}

describe("parseTree()", () => {
  it("reads files and folders, whatever their names hold", () => {
    const content = Buffer.concat([raw("100755", "a b\n.sh", ONE), raw("40000", "größe", TWO)]);
    assert.deepEqual(parseTree(content, 20), [
      { mode: "100755", name: "a b\n.sh", id: ONE },
      { mode: "040000", name: "größe", id: TWO },
    ]);
  });

  it("reads ids of SHA-256", () => {
    const id = "ab".repeat(32);
    assert.deepEqual(parseTree(raw("100644", "a", id), 32), [{ mode: "100644", name: "a", id }]);
  });

  it("leaves out what is cut off, at whatever byte", () => {
    const whole = Buffer.concat([raw("100644", "a", ONE), raw("100644", "b", TWO)]);
    for (let length = 0; length < whole.length; length += 1) {
      const names = parseTree(whole.subarray(0, length), 20).map(({ name }) => name);
      assert.deepEqual(names, length < whole.length / 2 ? [] : ["a"]);
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { GraphicsProcessors } from "#server/steps/containers/graphics-processors.js";

describe("GraphicsProcessors", () => {
  it("gives those that nobody has, then those that fewest have, and refuses more than there are", () => {
    const gpus = new GraphicsProcessors([2, 0, 1]);
    assert.deepEqual(gpus.take(1), [0]);
    assert.deepEqual(gpus.take(2), [1, 2]);
    assert.deepEqual(gpus.take(1), [0]);
    gpus.giveBack([1]);
    assert.deepEqual(gpus.take(2), [1, 2]);
    assert.deepEqual(gpus.take(0), []);
    assert.throws(() => gpus.take(4), /the step asks for 4 GPUs, this machine has 3/);
  });

  it("answers nothing where it is not known what there is", () => {
    assert.equal(new GraphicsProcessors([]).take(2), null);
  });
});

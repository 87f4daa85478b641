import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FairTurns } from "#server/review/compiler/fair-turns.js";

describe("FairTurns", () => {
  it("go round the lines, so that one that is long delays no other", async () => {
    const { turns, done, begin, free } = busy();
    const waiting = ["a 1", "a 2", "a 3", "b 1", "c 1", "b 2"].map(begin);
    free();
    await Promise.all(waiting);
    assert.deepEqual(done, ["a 1", "b 1", "c 1", "a 2", "b 2", "a 3"]);
    await turns.settled();
  });

  it("are passed on by whoever fails", async () => {
    const turns = new FairTurns();
    const failed = turns.run(turnOf("a 1"), () => Promise.reject(new RangeError("no")));
    const next = turns.run(turnOf("a 2"), async () => "done");
    await assert.rejects(failed, RangeError);
    assert.equal(await next, "done");
  });

  it("have nobody wait in whose place somebody else has come", async () => {
    const { turns, done, begin, free } = busy();
    const [old, other] = [begin("a 1"), begin("a 2")];
    const superseded = assert.rejects(old, { code: "superseded" });
    turns.supersede("a 1");
    await superseded;
    free();
    await other;
    assert.deepEqual(done, ["a 2"]);
  });

  it("have a thousand wait in a line, and no more", async () => {
    const { done, begin, free } = busy();
    const waiting = Array.from({ length: 1000 }, (_, index) => begin(`a ${index}`));
    await assert.rejects(begin("a 1000"), { code: "busy" });
    const other = begin("b 1");
    free();
    await Promise.all([...waiting, other]);
    assert.equal(done.length, 1001);
  });
});

/** Somebody has the turn until `free` is called. */
function busy() {
  const turns = new FairTurns();
  const done: string[] = [];
  let free = (): void => undefined;
  void turns.run(turnOf("x 0"), () => new Promise<void>((resolve) => (free = resolve)));
  const begin = (name: string): Promise<unknown> => turns.run(turnOf(name), async () => void done.push(name));
  return { turns, done, begin, free: () => free() };
}

function turnOf(name: string) {
  return { line: name.slice(0, 1), name };
}

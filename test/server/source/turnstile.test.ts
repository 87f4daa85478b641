import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Turnstile } from "#server/source/turnstile.js";

describe("a turnstile", () => {
  it("lets so many through at once, in order, and the next one when one fails", async () => {
    const turnstile = new Turnstile(2);
    const inside: string[] = [];
    const open = new Map<string, (fails: boolean) => void>();
    const enter = (name: string): Promise<void> =>
      turnstile.pass(
        () =>
          new Promise((resolve, reject) => {
            inside.push(name);
            open.set(name, (fails) => (fails ? reject(new RangeError(name)) : resolve()));
          }),
      );
    const all = Promise.allSettled(["a", "b", "c", "d"].map(enter));
    await Promise.resolve();
    assert.deepEqual(inside, ["a", "b"]);
    open.get("b")?.(true);
    while (inside.length < 3) await Promise.resolve();
    assert.deepEqual(inside, ["a", "b", "c"]);
    open.get("a")?.(false);
    open.get("c")?.(false);
    while (inside.length < 4) await Promise.resolve();
    open.get("d")?.(false);
    assert.deepEqual(
      (await all).map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    await turnstile.pass(() => Promise.resolve());
  });
});

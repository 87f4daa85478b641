import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SinceDeployment } from "#server/store/sqlite/since-deployment.js";

describe("SinceDeployment", () => {
  it("asks once, and again after a deployment, also after one that came while it was asked", async () => {
    const kept = new SinceDeployment<number>();
    let asked = 0;
    const ask = (text = "a"): Promise<number> => kept.find(text, async () => (asked += 1));
    assert.deepEqual([await ask(), await ask(), await ask("b")], [1, 1, 2]);
    kept.forget();
    assert.equal(await ask(), 3);
    const early = kept.find("c", async () => {
      kept.forget();
      return 0;
    });
    assert.equal(await early, 0);
    assert.deepEqual([await ask("c"), await ask("c")], [4, 4]);
  });

  it("keeps no more answers than it has room for", async () => {
    const kept = new SinceDeployment<number>();
    for (let index = 0; index <= 1000; index += 1) await kept.find(String(index), async () => index);
    assert.equal(await kept.find("1000", async () => -1), 1000);
    assert.equal(await kept.find("0", async () => -1), -1);
  });
});

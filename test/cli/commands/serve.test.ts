import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { headwater } from "../headwater-process.js";
import { withFolder } from "../scratch-folder.js";

describe("headwater serve", () => {
  it("ends with a reason when it cannot say where it is, and gives up all that it had started", () =>
    withFolder({}, async (data) => {
      mkdirSync(join(data, "server.json"));
      const { code, stdout, stderr } = await headwater(["serve", "--port", "0", "--data", data]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^error: Cannot write ".*server\.json", which says where the service is: EISDIR/);
    }));
});

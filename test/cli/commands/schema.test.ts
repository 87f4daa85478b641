import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { capturedMain } from "../captured-main.js";

describe("headwater schema", () => {
  it("prints the JSON Schema of each kind of file, of workflows when nothing is said", async () => {
    const titles = new Map<string, string>();
    for (const kind of ["", "workflow", "template", "test", "project"]) {
      const { code, stdout } = await capturedMain(["schema", ...(kind === "" ? [] : [kind])]);
      assert.equal(code, 0);
      const schema = JSON.parse(stdout) as { $schema: string; title: string };
      assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
      titles.set(kind, schema.title);
    }
    assert.equal(titles.get(""), titles.get("workflow"));
    assert.equal(new Set(titles.values()).size, 4);
    assert.equal((await capturedMain(["schema", "sonnet"])).code, 2);
  });
});

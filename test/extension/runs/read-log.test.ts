import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient } from "@headwater/api";
import { readLastLines } from "#extension/runs/read-log.js";

describe("readLastLines()", () => {
  it("asks once for those at the end, however long the log is", async () => {
    const asked: string[] = [];
    const answer = async (input: unknown): Promise<Response> => {
      asked.push(String(input));
      const lines = [{ at: null, stream: "out", text: "the last" }];
      return Response.json({ lines, nextOffset: 10_000_000, ended: false });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: answer });
    const place = { run: "r", path: "load", attempt: 1, environment: "production" };
    assert.deepEqual(await readLastLines(client, place, 2), ["the last"]);
    assert.equal(asked.length, 1);
    assert.equal(new URL(asked[0] ?? "").searchParams.get("tail"), "2");
  });
});

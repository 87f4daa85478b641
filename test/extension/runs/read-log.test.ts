import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient } from "@headwater/api";
import { readLastLines } from "#extension/runs/read-log.js";

describe("readLastLines()", () => {
  /** The last two lines of a log that the service tells a line at a time. */
  async function lastOf(lineCount: number): Promise<readonly string[]> {
    const answer = async (input: unknown): Promise<Response> => {
      const offset = Number(new URL(String(input)).searchParams.get("offset"));
      const lines = [{ at: null, stream: "out", text: `line ${offset}` }];
      return Response.json({ lines, nextOffset: offset + 1, ended: offset + 1 === lineCount });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: answer });
    return readLastLines(client, { run: "r", path: "load", attempt: 1, environment: "production" }, 2);
  }

  it("are those at its end, however many pages it has", async () =>
    assert.deepEqual(await lastOf(150), ["line 148", "line 149"]));

  it("are none of a log whose end it did not reach: others would be taken for the last", async () =>
    assert.deepEqual(await lastOf(100_000), []));
});

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readEventStream, type StreamMessage } from "#api/event-stream.js";

describe("readEventStream()", () => {
  const text =
    "retry: 1\n\nid: b-1\nevent: run\ndata: {\ndata: }\n\n: still here\n\r\nevent: reset\r\ndata: ☃\r\n\r\nid: b-2\ndata: cut";
  const messages = [
    { id: "b-1", event: "run", data: "{\n}" },
    { id: "b-1", event: "reset", data: "☃" },
  ];

  it("reads whole messages, wherever the bytes are cut", async () => {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, bytes.length])
      assert.deepEqual(await readAll(bytes, size), messages, `${size}`);
  });
});

async function readAll(bytes: Uint8Array, size: number): Promise<readonly StreamMessage[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  const messages: StreamMessage[] = [];
  for await (const message of readEventStream(stream)) messages.push(message);
  return messages;
}

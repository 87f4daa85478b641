/** One message of a `text/event-stream`. */
export interface StreamMessage {
  /** The last id that the stream gave; null before the first. */
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/**
 * Reads server-sent events, whole messages only: one that the connection cut in half is dropped.
 * @yields messages that carry data; comments and empty ones are for keeping the line alive
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEventStream(bytes: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let id: string | null = null;
  try {
    for (;;) {
      const chunk = await reader.read();
      if (chunk.done) return;
      const blocks = (rest + decoder.decode(chunk.value, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      const messages = blocks.map((block) => parseBlock(block)).filter((message) => message.data !== "");
      for (const message of messages) {
        id = message.id ?? id;
        yield { ...message, id };
      }
    }
  } finally {
    await reader.cancel().catch(() => {
      // The connection is gone already, which is what was wanted.
    });
  }
}

function parseBlock(block: string): StreamMessage {
  let id: string | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") id = value;
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return { id, event, data: data.join("\n") };
}

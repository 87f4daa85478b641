import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient } from "@headwater/api";
import { LogFollower } from "#extension/runs/log-follower.js";
import { stepOf } from "../status/some-step.js";

/** How much the service tells at once. */
const PAGE_LINES = 7;

describe("a log that is followed", () => {
  /** A step as the service tells it, with what each of its attempts has written, and what a follower has read of it so far. */
  function setup() {
    const attempts: { readonly lines: string[]; hasEnded: boolean }[] = [];
    /** What is refused, by the end of its path: so often, after it was answered so often. */
    let refused = { path: "nothing", times: 0, after: 0 };
    const answer = async (input: unknown): Promise<Response> => {
      const { pathname, searchParams } = new URL(String(input));
      if (pathname.endsWith(refused.path) && refused.after-- <= 0 && refused.times-- > 0) {
        const error = { code: "internal-error", message: "Out of order", data: {} };
        return Response.json({ error }, { status: 500 });
      }
      if (!pathname.endsWith("/logs")) return Response.json({ steps: stepsOf(attempts.length), next: null });
      const [number, offset] = [Number(searchParams.get("attempt")), Number(searchParams.get("offset"))];
      const { lines = [], hasEnded = false } = attempts[number - 1] ?? {};
      const page = lines
        .slice(offset, offset + PAGE_LINES)
        .map((text) => ({ at: null, stream: "out", text }));
      return Response.json({
        lines: page,
        nextOffset: Math.min(lines.length, offset + PAGE_LINES),
        ended: (hasEnded || number < attempts.length) && offset + PAGE_LINES >= lines.length,
      });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: answer });
    const follower = new LogFollower({ run: "r", path: "extract", environment: "production" });
    return {
      begin: (...lines: string[]) => void attempts.push({ lines, hasEnded: false }),
      write: (line: string) => void attempts.at(-1)?.lines.push(line),
      end: () => void attempts.splice(-1, 1, { lines: attempts.at(-1)?.lines ?? [], hasEnded: true }),
      refuse: (path: string, { times = 1, after = 0 } = {}) => void (refused = { path, times, after }),
      /** One part of it, as it is shown at once. */
      readPart: () => follower.read(client),
      /** All that can be read now, a line in an element, and whether that is the end. */
      async read() {
        let text = "";
        for (let times = 0; times < 3; times += 1) {
          const part = await follower.read(client);
          text += part.text;
          if (part.isAtEnd) return [...linesOf(text), "(end)"];
        }
        return linesOf(text);
      },
    };
  }

  it("waits for a step that has not begun", async () => {
    const { begin, read } = setup();
    assert.deepEqual(await read(), ["(end)"]);
    begin("one");
    assert.deepEqual(await read(), ["one"]);
  });

  it("grows, and goes on with the next attempt from its beginning", async () => {
    const { begin, write, end, read } = setup();
    begin("a long line of the first attempt");
    assert.deepEqual(await read(), ["a long line of the first attempt"]);
    write("its last");
    begin("one", "two");
    assert.deepEqual(await read(), ["its last", "── attempt 2 ──", "one", "two"]);
    end();
    assert.deepEqual(await read(), ["(end)"]);
  });

  it("goes on when a step that had ended is tried again, though several attempts came meanwhile", async () => {
    const { begin, end, read } = setup();
    begin("one");
    end();
    assert.deepEqual(await read(), ["one", "(end)"]);
    begin("two");
    begin("three");
    end();
    assert.deepEqual(await read(), ["── attempt 2 ──", "two", "── attempt 3 ──", "three", "(end)"]);
  });

  it("loses nothing when it is not told, after its last lines, whether another attempt came", async () => {
    const { begin, write, end, read, refuse } = setup();
    begin("one");
    await read();
    write("its last");
    end();
    refuse("/steps");
    assert.deepEqual(await read(), ["Cannot read the log: Out of order", "(end)"]);
    assert.deepEqual(await read(), ["its last", "(end)"]);
  });

  it("says once that it cannot be read, however often it is tried, and again once it could be", async () => {
    const { begin, read, refuse } = setup();
    begin("one");
    refuse("/steps", { times: 3 });
    assert.deepEqual(await read(), ["Cannot read the log: Out of order", "(end)"]);
    assert.deepEqual([await read(), await read()], [["(end)"], ["(end)"]]);
    assert.deepEqual(await read(), ["one"]);
    refuse("/logs");
    assert.deepEqual(await read(), ["Cannot read the log: Out of order", "(end)"]);
  });

  it("shows many pages at once, and of those that it got before one was refused all", async () => {
    const { begin, end, readPart, refuse } = setup();
    const lines = Array.from({ length: 5 * PAGE_LINES }, (_, index) => `line ${index}`);
    begin(...lines);
    end();
    refuse("/logs", { after: 2 });
    const { text, isAtEnd } = await readPart();
    assert.deepEqual([linesOf(text), isAtEnd], [lines.slice(0, 2 * PAGE_LINES), false]);
    const rest = await readPart();
    assert.deepEqual([linesOf(rest.text), rest.isAtEnd], [lines.slice(2 * PAGE_LINES), true]);
  });

  it("begins with the latest attempt, and says that there were others", async () => {
    const { begin, end, read } = setup();
    begin("one");
    begin("two");
    end();
    assert.deepEqual(await read(), ["── attempt 2; those before it are not shown ──", "two", "(end)"]);
  });
});

function linesOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : [line.trim()]));
}

function stepsOf(attempt: number): readonly object[] {
  const began = { queuedAt: null, startedAt: null, endedAt: null };
  return attempt === 0 ? [] : [stepOf({ path: "extract", status: "running", attempt, ...began })];
}

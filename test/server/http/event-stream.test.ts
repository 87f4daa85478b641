import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient, type ServiceEvent } from "@headwater/api";
import type { Change } from "#server/changes/change-feed.js";
import { createHttpWorld } from "./http-world.js";

describe("live changes", () => {
  it("come in order, after a reset that says to load what is there", async () => {
    const world = await createHttpWorld();
    const reader = readEvents(world.url, null);
    assert.deepEqual(await reader.next(), { kind: "reset" });
    world.feed.publish([repository("a"), repository("b")]);
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-1", change: repository("a") });
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-2", change: repository("b") });
    reader.stop();
    await world.stop();
  });

  it("go on where the reader was", async () => {
    const world = await createHttpWorld();
    world.feed.publish(["a", "b", "c"].map(repository));
    const reader = readEvents(world.url, "boot-1");
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-2", change: repository("b") });
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-3", change: repository("c") });
    reader.stop();
    await world.stop();
  });

  it("begin anew for a reader that comes from another life of the service: it is told once, and nothing that it then loads", async () => {
    const world = await createHttpWorld();
    world.feed.publish([repository("a")]);
    const reader = readEvents(world.url, "earlier-7");
    assert.deepEqual(await reader.next(), { kind: "reset" });
    world.feed.publish([repository("b")]);
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-2", change: repository("b") });
    reader.stop();
    await world.stop();
  });

  it("give a place to come back to before the first change: to who is new, and with a reset", async () => {
    const world = await createHttpWorld();
    world.feed.publish([repository("a")]);
    const [asNew, asReset] = [await openEvents(world.url, {}), await openEvents(world.url, LOST)];
    await world.stop();
    assert.match(await asNew.text(), /^retry: \d+\n\nid: boot-1\n\n$/);
    assert.match(await asReset.text(), /^retry: \d+\n\nid: boot-1\nevent: reset\ndata: \{\}\n\n$/);
  });

  it("are taken up by the client when the connection breaks", async () => {
    const first = await createHttpWorld();
    const { port } = new URL(first.url);
    const reader = readEvents(first.url, null);
    assert.deepEqual(await reader.next(), { kind: "reset" });
    first.feed.publish([repository("a")]);
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-1", change: repository("a") });
    await first.stop();
    const second = await createHttpWorld({ port: Number(port) });
    second.feed.publish([repository("b"), repository("c")]);
    assert.deepEqual(await reader.next(), { kind: "change", id: "boot-2", change: repository("c") });
    reader.stop();
    await second.stop();
  });

  it("end when the service stops", async () => {
    const world = await createHttpWorld();
    const response = await openEvents(world.url, {});
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    await world.stop();
    assert.match(await response.text(), /^retry: \d+\n\nid: boot-0\n\n$/);
  });
});

/** Of a life that is over. */
const LOST = { "last-event-id": "earlier-7" };

function openEvents(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${url}/api/v1/events`, { headers });
}

function repository(repositoryId: string): Change {
  return { kind: "repository", repositoryId };
}

function readEvents(baseUrl: string, lastId: string | null) {
  const stop = new AbortController();
  const client = createClient({
    baseUrl,
    fetch,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const events = client.followEvents(lastId, stop.signal)[Symbol.asyncIterator]();
  return {
    async next(): Promise<ServiceEvent | undefined> {
      const result = await events.next();
      return result.done === true ? undefined : result.value;
    },
    stop: () => stop.abort(),
  };
}

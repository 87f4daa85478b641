import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ContentCache } from "#server/source/git/content-cache.js";

describe("a content cache", () => {
  it("forgets what was used least recently when it is full", () => {
    const cache = tenBytes();
    cache.add("a", new Uint8Array(4));
    cache.add("b", new Uint8Array(4));
    cache.find("a");
    cache.add("c", new Uint8Array(4));
    assert.deepEqual(
      ["a", "b", "c"].map((id) => cache.find(id)?.length),
      [4, undefined, 4],
    );
  });

  it("does not take in what is larger than itself, nor the same twice", () => {
    const cache = tenBytes();
    cache.add("small", new Uint8Array(6));
    cache.add("small", new Uint8Array(6));
    cache.add("large", new Uint8Array(11));
    cache.add("other", new Uint8Array(4));
    assert.deepEqual(
      ["small", "large", "other"].map((id) => cache.find(id)?.length),
      [6, undefined, 4],
    );
  });

  it("has room for others when one is to be forgotten", () => {
    const cache = tenBytes();
    cache.add("a", new Uint8Array(6));
    cache.forget("a");
    cache.forget("unknown");
    cache.add("b", new Uint8Array(6));
    cache.add("c", new Uint8Array(4));
    assert.deepEqual(
      ["a", "b", "c"].map((id) => cache.find(id)?.length),
      [undefined, 6, 4],
    );
  });
});

function tenBytes(): ContentCache<Uint8Array> {
  return new ContentCache({ maxSize: 10, sizeOf: ({ length }) => length });
}

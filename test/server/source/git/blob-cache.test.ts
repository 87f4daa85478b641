import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BlobCache } from "#server/source/git/blob-cache.js";

describe("a blob cache", () => {
  it("forgets what was used least recently when it is full", () => {
    const cache = new BlobCache(10);
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
    const cache = new BlobCache(10);
    cache.add("small", new Uint8Array(6));
    cache.add("small", new Uint8Array(6));
    cache.add("large", new Uint8Array(11));
    cache.add("other", new Uint8Array(4));
    assert.deepEqual(
      ["small", "large", "other"].map((id) => cache.find(id)?.length),
      [6, undefined, 4],
    );
  });
});

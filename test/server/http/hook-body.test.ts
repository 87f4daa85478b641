import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, it } from "mocha";
import { readHookBody } from "#server/http/hook-body.js";

const MEGABYTE = 1024 * 1024;
const HEAD = '{"ref":"refs/heads/main","commits":["';
const END = '"],"repository":{"clone_url":"https://git.example/flows.git"}}';

describe("readHookBody()", () => {
  it("keeps of 24 MB what tells what was pushed, and shows all of it to who checks the signature", async () => {
    let seen = 0;
    const body = await readHookBody(pushOf(24), { headers: {}, see: ({ length }) => void (seen += length) });
    assert.equal(
      await text(body),
      '{"ref":"refs/heads/main","repository":{"clone_url":"https://git.example/flows.git"}}',
    );
    assert.equal(seen, HEAD.length + 24 * MEGABYTE + END.length);
    assert.equal(body.receivedEncodedLength, seen);
  });

  it("reads of 30 MB no more than it takes to know that they are too many, and nothing where the header says so", async () => {
    let pieces = 0;
    const read = (length?: string) =>
      readHookBody(pushOf(30), {
        headers: length === undefined ? {} : { "content-length": length },
        see: () => void (pieces += 1),
      });
    await assert.rejects(read(), { code: "payload-too-large" });
    assert.equal(pieces, 25);
    await assert.rejects(read(String(30 * MEGABYTE)), { code: "payload-too-large" });
    assert.equal(pieces, 25);
  });
});

async function* pushOf(megabytes: number): AsyncIterable<Buffer> {
  yield Buffer.from(HEAD);
  for (let count = 0; count < megabytes; count += 1) yield Buffer.alloc(MEGABYTE, "x");
  yield Buffer.from(END);
}

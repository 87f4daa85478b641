import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { deflateSync } from "node:zlib";

/** Told before the first one: git reserves memory for so many. */
const OBJECTS = 1_000_000;
/** What is sent before it is let go. */
const FIRST_BYTES = 1_000_000;
const BLOB_BYTES = 32_768;
const BLOB = 3;

/** Answers a fetch by a pack of noise. Source: https://git-scm.com/docs/protocol-v2, https://git-scm.com/docs/pack-format */
export async function sendWithoutEnd(
  response: ServerResponse,
  { tellReached, released }: { readonly tellReached: () => void; readonly released: Promise<void> },
): Promise<void> {
  response.setHeader("content-type", "application/x-git-upload-pack-result");
  response.write(Buffer.concat([line("acknowledgments\n"), line("ready\n"), Buffer.from("0001")]));
  response.write(Buffer.concat([line("packfile\n"), ofPack(packHeader())]));
  const closed = new Promise((resolve) => response.once("close", resolve));
  let sent = 0;
  while (!response.destroyed) {
    const blob = ofPack(noise());
    sent += blob.length;
    if (!response.write(blob)) await Promise.race([once(response, "drain"), closed]);
    if (sent < FIRST_BYTES) continue;
    tellReached();
    await Promise.race([released, closed]);
  }
}

function packHeader(): Buffer {
  const header = Buffer.from("PACK\0\0\0\x02\0\0\0\0", "latin1");
  header.writeUInt32BE(OBJECTS, 8);
  return header;
}

/** A blob that nothing makes smaller. */
function noise(): Buffer {
  const header: number[] = [];
  let [rest, byte] = [BLOB_BYTES >> 4, (BLOB << 4) | (BLOB_BYTES & 15)];
  for (; rest > 0; rest >>= 7) {
    header.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  return Buffer.concat([Buffer.from([...header, byte]), deflateSync(randomBytes(BLOB_BYTES), { level: 0 })]);
}

/** On the band of packs. */
function ofPack(bytes: Buffer): Buffer {
  return line(Buffer.concat([Buffer.from([1]), bytes]));
}

function line(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

import { Buffer } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { ServiceError } from "../errors.js";
import { FormReader } from "./form-reader.js";
import { PushPayloadReader } from "./push-payload.js";

/** GitHub drops what is larger, and GitLab sends nothing that is. Source: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
export const HOOK_BYTES_MAX = 25 * 1024 * 1024;
/** What is no larger is kept as it came. */
const KEPT_BYTES_MAX = 64 * 1024;

/**
 * Reads the body of a hook to its end, piece by piece, and shows each to `see`, which may check its signature. Returns it, or of a large one
 * what tells what was pushed: no more is in memory. The length is of what came, as the framework compares it with the header.
 * @throws ServiceError payload-too-large
 */
export async function readHookBody(
  body: AsyncIterable<Buffer | string>,
  { headers, see }: { readonly headers: IncomingHttpHeaders; readonly see: (piece: Buffer) => void },
): Promise<Readable & { readonly receivedEncodedLength: number }> {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  requireSize(Number(headers["content-length"] ?? 0));
  const payload = new PushPayloadReader();
  const form = new FormReader();
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const each of body) {
    const piece = Buffer.from(each);
    bytes += piece.length;
    requireSize(bytes);
    see(piece);
    payload.read(isForm ? form.read(piece) : piece);
    if (bytes <= KEPT_BYTES_MAX) kept.push(piece);
    else kept.length = 0;
  }
  if (bytes <= KEPT_BYTES_MAX) return streamOf(Buffer.concat(kept), bytes);
  const json = payload.result();
  const text = isForm ? new URLSearchParams({ payload: json }).toString() : json;
  return streamOf(Buffer.from(text), bytes);
}

function requireSize(bytes: number): void {
  if (bytes <= HOOK_BYTES_MAX) return;
  throw new ServiceError("payload-too-large", "Cannot read the hook: its body is larger than 25 MiB");
}

function streamOf(
  content: Buffer,
  receivedEncodedLength: number,
): Readable & { readonly receivedEncodedLength: number } {
  return Object.assign(Readable.from([content], { objectMode: false }), { receivedEncodedLength });
}

import { Buffer } from "node:buffer";
import { ServiceError } from "../errors.js";

export const BODY_BYTES_MAX = 1024 * 1024;

/** A body of which the very bytes count, for they are signed; nothing beyond the limit is kept. @throws ServiceError payload-too-large */
export async function readWhole(body: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(Buffer.from(piece));
    size += pieces.at(-1)?.length ?? 0;
    if (size > BODY_BYTES_MAX)
      throw new ServiceError("payload-too-large", "Cannot read the request: its body is larger than 1 MiB");
  }
  return Buffer.concat(pieces);
}

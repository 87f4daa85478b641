import { Socket } from "node:net";
import { checkedLookup } from "../../http/address.js";
import type { ServerAddress } from "./server-address.js";

/** Which of the server's processes executes a query, and the proof of being its client. */
export interface ServerProcess {
  readonly processId: number;
  readonly secretKey: number;
}

const CANCEL_REQUEST = 80_877_102;
const LENGTH = 16;

/**
 * Asks the server to cancel what one of its processes does, on a connection of its own. There is no answer: whether it was heard is seen
 * from the query. Servers take it without TLS whatever they ask of others. Source: PostgreSQL's Frontend/Backend Protocol, 53.2.8.
 */
export function cancelQuery({ host, port }: ServerAddress, { processId, secretKey }: ServerProcess): void {
  const message = Buffer.alloc(LENGTH);
  message.writeInt32BE(LENGTH, 0);
  message.writeInt32BE(CANCEL_REQUEST, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = new Socket();
  // Whoever asked asks again.
  socket.on("error", () => socket.destroy());
  if (host.startsWith("/")) socket.connect({ path: `${host}/.s.PGSQL.${port}` });
  else socket.connect({ host, port, lookup: checkedLookup });
  socket.end(message);
}

import { once } from "node:events";
import { createServer } from "node:net";
import { ServiceError } from "../errors.js";

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** Listens for a moment, to know before anything is made whether it will be possible. @throws ServiceError port-taken, cannot-listen */
export async function tryAddress(address: Address): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host: address.host, port: address.port });
    await once(server, "listening");
  } catch (cause) {
    throw whyNot(address, cause);
  }
  server.close();
  await once(server, "close");
}

/** Why a server could not listen there. */
export function whyNot({ host, port }: Address, cause: unknown): ServiceError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const data = { host, port: String(port) };
  if (code === "EADDRINUSE") {
    return new ServiceError(
      "port-taken",
      `Cannot listen on port ${port} of ${host}: another program has it. Stop that one, or choose another port with --port or PORT (0 picks a free one)`,
      { cause, data },
    );
  }
  return new ServiceError(
    "cannot-listen",
    `Cannot listen on port ${port} of ${host}: ${reasonOf(code, cause)}`,
    {
      cause,
      data,
    },
  );
}

function reasonOf(code: string, cause: unknown): string {
  if (code === "EACCES") return "this user may not; ports below 1024 belong to the administrator";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return cause instanceof Error ? cause.message : String(cause);
}

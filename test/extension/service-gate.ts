import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What stands between an editor and its service: it can be shut, and change what the service answers. */
export interface ServiceGate {
  readonly url: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  /** What becomes of an answer, by the path that was asked for; null: it fails. Live changes go through as they are. */
  change: (path: string, body: string) => string | null;
  /** Breaks all connections, and takes no new ones. */
  shut(): Promise<void>;
  /** At the same address as before. */
  open(): Promise<void>;
}

export async function createServiceGate(service: string): Promise<ServiceGate> {
  let port = 0;
  const sockets = new Set<Socket>();
  const paths: string[] = [];
  const server = createServer((asked, answer) => {
    paths.push(asked.url ?? "/");
    pass(asked, answer, { service, gate });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const open = (): Promise<void> => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await open();
  ({ port } = server.address() as AddressInfo);
  const gate: ServiceGate = {
    url: `http://127.0.0.1:${port}`,
    asked: paths,
    change: (_path, body) => body,
    open,
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return gate;
}

interface Passage {
  readonly service: string;
  readonly gate: ServiceGate;
}

function pass(asked: IncomingMessage, answer: ServerResponse, { service, gate }: Passage): void {
  const url = new URL(asked.url ?? "/", service);
  const passed = request(url, { method: asked.method, headers: asked.headers }, (response) => {
    const isJson = response.headers["content-type"]?.includes("json") === true;
    if (!isJson) {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      return;
    }
    void read(response).then((body) => {
      const changed = gate.change(url.pathname, body);
      const headers = { ...response.headers };
      delete headers["content-length"];
      answer.writeHead(changed === null ? 500 : (response.statusCode ?? 502), headers);
      answer.end(changed ?? "{}");
    });
  });
  passed.on("error", () => answer.destroy());
  answer.on("close", () => passed.destroy());
  asked.pipe(passed);
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) if (part instanceof Buffer) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

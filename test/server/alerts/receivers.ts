import { createServer as createHttp } from "node:http";
import { createServer as createTcp } from "node:net";
import type { AddressInfo, Server as TcpServer, Socket } from "node:net";

/** What a receiver got over HTTP. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real server on loopback that people's tools stand behind. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  stop(): Promise<void>;
}

/** Answers each request as told; null never answers. */
export async function startReceiver(
  answer: (received: Received, index: number) => Answer | null,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const one = { path: request.url ?? "", headers: request.headers, text };
      received.push(one);
      const { status, body = "", headers = {} } = answer(one, received.length - 1) ?? { status: 0 };
      if (status !== 0) response.writeHead(status, headers).end(body);
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, received, stop: () => close(server) };
}

/** A mail server that speaks as much SMTP as it takes, and what was said to it. */
export interface MailServer {
  readonly port: number;
  readonly said: string[];
  /** Whole messages. */
  readonly mails: string[];
  stop(): Promise<void>;
}

/** @param refuses an address that it does not take */
export async function startMailServer(refuses: string): Promise<MailServer> {
  const said: string[] = [];
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    let buffer = "";
    let isMail = false;
    socket.write("220 mail.example ready\r\n");
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      buffer += data.toString();
      for (;;) {
        const end = isMail ? "\r\n.\r\n" : "\r\n";
        const at = buffer.indexOf(end);
        if (at < 0) return;
        const text = buffer.slice(0, at);
        buffer = buffer.slice(at + end.length);
        if (isMail) mails.push(text);
        else said.push(text);
        socket.write(isMail ? "250 taken\r\n" : replyTo(text, refuses));
        isMail = !isMail && text === "DATA";
      }
    });
  });
  const port = await listen(server);
  return {
    port,
    said,
    mails,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await close(server);
    },
  };
}

function replyTo(command: string, refuses: string): string {
  if (command.startsWith("EHLO")) return "250-mail.example\r\n250 AUTH PLAIN\r\n";
  if (command.startsWith("AUTH")) return "235 welcome\r\n";
  if (command.startsWith("RCPT") && command.includes(refuses)) return "550 nobody is called so\r\n";
  if (command === "DATA") return "354 go on\r\n";
  return command === "QUIT" ? "221 bye\r\n" : "250 fine\r\n";
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: {
  close(done: () => void): unknown;
  closeAllConnections?: () => void;
}): Promise<void> {
  server.closeAllConnections?.();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}

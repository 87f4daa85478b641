import { Agent, request } from "node:http";

/** What to send: a path, a body, and headers beside its type and length. */
export interface Post {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly tookMs: number;
}

/** A client that keeps so many connections. */
export function postsTo(url: string, connections: number): (post: Post) => Promise<Answered> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  return ({ path, body, headers = {} }) =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const length = Buffer.byteLength(body);
      const asked = request(
        {
          agent,
          hostname,
          port,
          path,
          method: "POST",
          headers: { "content-type": "application/json", "content-length": length, ...headers },
        },
        (response) => {
          response.resume();
          response.once("end", () =>
            resolve({ status: response.statusCode ?? 0, tookMs: performance.now() - startedAt }),
          );
        },
      );
      asked.once("error", reject);
      asked.end(body);
    });
}

/** The value that this part of the numbers does not exceed. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

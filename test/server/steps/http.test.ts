import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startLocalRuns } from "../runs/local-runs.js";
import { httpRequest, openWorld, type World } from "../workers/attempts.js";

describe("http", () => {
  let world: World;
  let server: Server;
  let url = "";
  let asked = 0;

  before(async () => {
    world = await openWorld({
      environment: { HEADWATER_SECRET_KEY: "hunter2", HEADWATER_SECRET_ODD: String.raw`a"quote\and-more` },
    });
    server = createServer((request, response) => {
      asked += 1;
      const answer = ANSWERS[request.url ?? ""];
      if (answer !== undefined) return answer(request, response);
      const state = asked < 3 ? "running" : "done";
      response.setHeader("X-State", asked < 2 ? "running" : "done");
      response.end(JSON.stringify({ state, key: request.headers["x-key"] ?? null }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (asked = 0));
  after(async () => {
    server.closeAllConnections();
    server.close();
    await world.close();
  });

  it("sends secrets in headers, masks them, and maps the response to outputs", async () => {
    const outputs = { status: { name: "int" }, key: { name: "string" } } as const;
    const request = httpRequest(`${url}/moved`, { headers: { "X-Key": { secret: "KEY" } }, outputs });
    assert.deepEqual(await world.execute(request), {
      status: "succeeded",
      outputs: { status: 200, key: "***" },
    });
  });

  it("masks a secret that JSON writes with escapes", async () => {
    const outputs = { key: { name: "string" } } as const;
    const request = httpRequest(`${url}/job`, { headers: { "X-Key": { secret: "ODD" } }, outputs });
    assert.deepEqual(await world.execute(request), { status: "succeeded", outputs: { key: "***" } });
  });

  it("keeps an id of 19 digits as text, and says of an int that it is beyond what is exact", async () => {
    const outputs = { id: { name: "string" }, body: { name: "json" } } as const;
    const id = "1234567890123456789";
    assert.deepEqual(await world.execute(httpRequest(`${url}/order`, { outputs })), {
      status: "succeeded",
      outputs: { id, body: { id, count: id } },
    });
    const asInt = await world.execute(httpRequest(`${url}/order`, { outputs: { count: { name: "int" } } }));
    assert.match(
      JSON.stringify(asInt),
      /output \\"count\\" must be int, is beyond 9007199254740991 .*take a string for it/,
    );
  });

  it("gives an id of 19 digits on to a signal as it was", async () => {
    const runs = await startLocalRuns({
      "order.workflow.yaml": `
workflow: order
steps:
  ask:
    http: { url: ${url}/order }
    outputs: { body: json, id: string }
    emit: [{ signal: ordered, params: { id: "\${{ steps.ask.outputs.id }}", order: "\${{ steps.ask.outputs.body }}" } }]
`,
    });
    try {
      const { id: runId, status } = await runs.ended((await runs.start("order")).id);
      const [signal] = await runs.store.listEmittedSignals(runId, 1);
      const id = "1234567890123456789";
      assert.deepEqual([status, signal?.params], ["succeeded", { id, order: { id, count: id } }]);
    } finally {
      await runs.stop();
    }
  });

  it("polls until the expression is true", async () => {
    const poll = { until: 'response.body.state == "done"', everyMs: 1 };
    assert.equal((await world.execute(httpRequest(`${url}/job`, { poll }))).status, "succeeded");
    assert.equal(asked, 3);
  });

  it("polls by what the headers say, by their names in lower case", async () => {
    const poll = { until: 'response.headers["x-state"] == "done"', everyMs: 1 };
    assert.equal((await world.execute(httpRequest(`${url}/job`, { poll }))).status, "succeeded");
    assert.equal(asked, 2);
  });

  for (const [body, sent, type] of [
    ["grant_type=client_credentials", "grant_type=client_credentials", "text/plain; charset=utf-8"],
    ["", "", "text/plain; charset=utf-8"],
    [{ a: [1] }, '{"a":[1]}', "application/json"],
  ] as const) {
    it(`sends ${JSON.stringify(body)} as ${type}`, async () => {
      const outputs = { text: { name: "string" }, type: { name: "string" } } as const;
      const result = await world.execute(httpRequest(`${url}/echo`, { method: "POST", body, outputs }));
      assert.deepEqual(result, { status: "succeeded", outputs: { text: sent, type } });
    });
  }

  for (const [path, message, retryable] of [
    ["/broken", /answered 503, expected 200 to 299$/, true],
    ["/away", /answered 302, expected 200 to 299$/, true],
    ["/huge", /the response is larger than the limit of 1048576 bytes$/, false],
  ] as const) {
    it(`fails in words at ${path}`, async () => {
      const result = await world.execute(httpRequest(`${url}${path}`));
      assert.ok(result.status === "failed" && result.class === "error");
      assert.match(result.message, message);
      assert.equal(result.retryable, retryable);
    });
  }

  for (const host of [
    "169.254.169.254",
    "100.100.100.200",
    "[::ffff:168.63.129.16]",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "[fe80::1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::6464:64c8]",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
  ]) {
    it(`never calls the metadata address ${host}`, async () => {
      const result = await world.execute(httpRequest(`http://${host}/latest/meta-data`));
      assert.ok(result.status === "failed" && !result.retryable);
      assert.match(result.message, /where clouds keep the machine's credentials/);
    });
  }

  for (const [headers, reason] of [
    [{ "x y": "a" }, /"x y" cannot be the name of a header/],
    [{ a: "b\nc" }, /A header is one line, and this text has several \(header "a"\)$/],
    [{ a: "b→c" }, /A header cannot hold the character U\+2192: encode the text \(header "a"\)$/],
  ] as const) {
    it(`sends no header that HTTP cannot carry, now or later: ${JSON.stringify(headers)}`, async () => {
      const result = await world.execute(httpRequest(`${url}/job`, { headers }));
      assert.ok(result.status === "failed" && !result.retryable);
      assert.match(result.message, reason);
    });
  }

  it("stops waiting when its time is over", async () => {
    const result = await world.execute(httpRequest(`${url}/never`, { timeoutMs: 50 }));
    assert.equal(result.status === "failed" && result.message, "timed out after 50ms");
  });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** By path; all others say how far the work is. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "/broken": (_request, response) => response.writeHead(503).end(),
  "/never": () => {},
  "/order": (_request, response) => response.end('{"id":1234567890123456789,"count":1234567890123456789}'),
  "/huge": (_request, response) => response.end(Buffer.alloc(2 * 1024 * 1024, 97)),
  "/moved": (_request, response) => response.writeHead(302, { location: "/job" }).end(),
  "/away": (_request, response) => response.writeHead(302, { location: "http://example.invalid/" }).end(),
  "/echo": (request, response) => void echo(request, response),
};

/** Answers with what it was sent. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  response.end(JSON.stringify({ text, type: request.headers["content-type"] ?? null }));
}

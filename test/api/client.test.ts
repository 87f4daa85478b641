import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ApiError, createClient, type ClientOptions } from "@headwater/api";

describe("createClient()", () => {
  it("makes URLs in which names stay names", async () => {
    const { client, asked } = setup('{"steps":[],"next":null}');
    await client.listSteps({ params: { id: "sales/daily#1" }, query: { after: 3, path: "load[0].a b" } });
    assert.deepEqual(asked, [
      "GET http://host:1/api/v1/runs/sales%2Fdaily%231/steps?after=3&path=load%5B0%5D.a+b Bearer secret",
    ]);
  });

  it("throws what the service says", async () => {
    const { client } = setup('{"error":{"code":"run-ended","message":"It has","data":{"a":"b"}}}', 409);
    await assert.rejects(client.getRun({ params: { id: "x" } }), {
      name: "ApiError",
      code: "run-ended",
      message: "It has",
      status: 409,
      data: { a: "b" },
    });
  });

  it("throws unexpected-answer for what is not Headwater's", async () => {
    for (const [text, status] of [
      ["<html>", 200],
      ["{}", 200],
      ["{}", 500],
    ] as const) {
      const { client } = setup(text, status);
      await assert.rejects(
        client.getRun({ params: { id: "x" } }),
        { code: "unexpected-answer", status },
        text,
      );
    }
  });

  it("takes words that only a newer service knows, for who wants them, but nothing of another shape", async () => {
    const line = { at: 1, stream: "out", text: "one" };
    const page = { lines: [line, { at: 2, stream: "smell", text: "two" }], nextOffset: 9, ended: true };
    const request = { params: { id: "x" }, query: { path: "extract" } };
    await assert.rejects(setup(JSON.stringify(page)).client.readLog(request), { code: "unexpected-answer" });
    const lenient = { takesUnknownWords: true };
    assert.deepEqual(await setup(JSON.stringify(page), 200, lenient).client.readLog(request), page);
    for (const wrong of [
      { ...page, ended: "yes" },
      { ...page, lines: [{ ...line, stream: 7 }] },
    ])
      await assert.rejects(setup(JSON.stringify(wrong), 200, lenient).client.readLog(request), {
        code: "unexpected-answer",
      });
  });

  it("throws service-unreachable with the reason below fetch's own", async () => {
    const refused = async (): Promise<Response> => {
      throw new TypeError("fetch failed", { cause: new TypeError("connect ECONNREFUSED") });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: refused });
    await assert.rejects(client.listRuns(), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.code, error.status], ["service-unreachable", 0]);
      assert.match(error.message, /http:\/\/host:1: connect ECONNREFUSED\. Start it with "headwater serve"/);
      return true;
    });
  });

  it("throws service-unreachable when the answer breaks off, and tells whoever wants to know", async () => {
    const cut = async (): Promise<Response> => {
      const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("terminated")) });
      return new Response(body);
    };
    const told: string[] = [];
    const failed = ({ code }: ApiError): void => void told.push(code);
    const client = createClient({ baseUrl: "http://host:1", fetch: cut, failed });
    await assert.rejects(client.listRuns(), { code: "service-unreachable", message: /terminated/ });
    assert.deepEqual(told, ["service-unreachable"]);
  });

  it("gives an event stream up that ends at once, again and again", async () => {
    let opened = 0;
    const ended = async (): Promise<Response> => {
      opened += 1;
      return new Response("retry: 1\n\n", { headers: { "content-type": "text/event-stream" } });
    };
    const client = createClient({ baseUrl: "http://host:1", fetch: ended, pause: async () => undefined });
    const read = async (): Promise<void> => {
      for await (const _event of client.followEvents("boot-1", new AbortController().signal));
    };
    await assert.rejects(read(), { code: "service-unreachable" });
    assert.equal(opened, 11);
  });
});

describe("followEvents()", () => {
  for (const [what, type, body, message] of [
    ["a page", "text/html", "<html>", /answers text\/html, not an event stream\. Is this the address/],
    ["a change that is no JSON", "text/event-stream", "id: 1\ndata: {\n\n", /a change in it is not JSON/],
  ] as const) {
    it(`throws unexpected-answer at once for ${what}`, async () => {
      let opened = 0;
      const answer = async (): Promise<Response> => {
        opened += 1;
        return new Response(body, { headers: { "content-type": type } });
      };
      const client = createClient({ baseUrl: "http://host:1", fetch: answer, pause: async () => undefined });
      const read = async (): Promise<void> => {
        for await (const _event of client.followEvents(null, new AbortController().signal));
      };
      await assert.rejects(read(), { code: "unexpected-answer", message });
      assert.equal(opened, 1);
    });
  }
});

function setup(text: string, status = 200, options: Partial<ClientOptions> = {}) {
  const asked: string[] = [];
  const answer: typeof fetch = async (input, request) => {
    const headers = new Headers(request?.headers);
    asked.push(
      `${request?.method ?? ""} ${input instanceof Request ? input.url : String(input)} ${headers.get("authorization") ?? ""}`,
    );
    return new Response(text, { status });
  };
  const given = { baseUrl: "http://host:1/", token: "secret", fetch: answer };
  return { asked, client: createClient({ ...given, ...options }) };
}

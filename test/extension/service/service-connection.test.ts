import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { SILENCE_MS } from "#extension/service/bound-fetch.js";
import { ServiceConnection, type ConnectionState } from "#extension/service/service-connection.js";
import { until } from "#test/until.js";
import { ToldClock } from "../told-clock.js";

const EVENTS = "/api/v1/events";
const RUNS = "/api/v1/runs";
const SESSION = "/api/v1/session";

/** What a service does when it is asked for a path. */
type Answers = Readonly<Record<string, (response: ServerResponse) => void>>;

const json =
  (body: unknown, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
const page = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>");
};
const nothing = (): void => undefined;
const refused = json({ error: { code: "unauthorized", message: "No", data: {} } }, 401);

/** Opens the stream, and tells this. */
const stream =
  (...changes: readonly object[]) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(":\n\n");
    for (const [id, change] of changes.entries())
      response.write(`id: boot-${id}\ndata: ${JSON.stringify(change)}\n\n`);
  };

/** As it is meant to be; a newer one says more than we know. */
const GOOD: Answers = {
  [SESSION]: json({ tokenNeeded: true, motto: "new" }),
  [RUNS]: json({ runs: [], next: null, total: 7 }),
  [EVENTS]: stream({ kind: "comet", tail: 3 }, { kind: "repository", repositoryId: "shop", colour: "red" }),
};

describe("a service that the editor follows", () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  /** Connects to a service that answers so; what it answers may be changed meanwhile. */
  async function connectTo(first: Answers) {
    let answers = first;
    const clock = new ToldClock();
    const server = createServer(({ url = "" }, response) => {
      const path = new URL(url, "http://any").pathname;
      if (path === EVENTS) streams.push(response);
      (answers[path] ?? json({ error: { code: "not-found", message: "No such route", data: {} } }, 404))(
        response,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const streams: ServerResponse[] = [];
    const states: ConnectionState[] = [];
    const told: string[] = [];
    const events: unknown[] = [];
    const connection = new ServiceConnection({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      readToken: async () => "secret",
      fetch,
      clock,
      became: (state) => states.push(state),
      happened: (event) => events.push(event),
      tell: ({ code, message }) => told.push(`${code}: ${message}`),
    });
    stops.push(() => {
      connection.stop();
      server.closeAllConnections();
      server.close();
    });
    connection.start();
    return {
      clock,
      states,
      told,
      events,
      become: (next: Answers) => void (answers = next),
      /** Tells a change in the stream, and waits until it has come. */
      async showLife() {
        const before = events.length;
        streams.at(-1)?.write(`id: boot-9\ndata: {"kind":"repository","repositoryId":"shop"}\n\n`);
        await until("the change", () => events.length > before);
      },
      vanish: () => {
        server.closeAllConnections();
        server.close();
      },
      became: (kind: ConnectionState["kind"], times = 1) =>
        until(`${kind} ${times} times`, () => states.filter((state) => state.kind === kind).length >= times),
      isLost: (times: number) => states.filter(({ kind }) => kind === "lost").length >= times,
      /** The client of now. */
      client() {
        const state = states.at(-1);
        assert.ok(state?.kind === "connected");
        return state.client;
      },
    };
  }

  it("may know more than we do: what we know of it counts", async () => {
    const { states, told, events, became } = await connectTo(GOOD);
    await became("connected");
    await until("the change", () => events.length > 1);
    assert.deepEqual(events, [null, { kind: "repository", repositoryId: "shop" }]);
    assert.deepEqual([states.map(({ kind }) => kind), told], [["connecting", "connected"], []]);
  });

  for (const [what, answers, message, passMs = 0] of [
    ["hangs", { [SESSION]: nothing }, /^service-unreachable: .* it has said nothing for 30 s/, SILENCE_MS],
    [
      "hangs in the middle of an answer",
      {
        [SESSION]: (response) => response.writeHead(200, { "content-length": "100" }).write('{"tokenNee'),
      },
      /^service-unreachable: .* it has said nothing for 30 s/,
      SILENCE_MS,
    ],
    [
      "breaks off",
      { [SESSION]: (response) => response.destroy() },
      /^service-unreachable: Cannot reach the service at http/,
    ],
    [
      "answers with a page",
      { [SESSION]: page, [EVENTS]: page },
      /^unexpected-answer: .* not JSON\. Is this the/,
    ],
    [
      "answers with a page instead of the changes",
      { ...GOOD, [EVENTS]: page },
      /^unexpected-answer: .* not an event stream/,
    ],
    [
      "answers in another shape",
      { [SESSION]: json([1, 2]) },
      /^unexpected-answer: Cannot read the answer to GET/,
    ],
    ["is older, and has no such route", {}, /^not-found: No such route/],
    [
      "wants a token",
      { [SESSION]: refused },
      /^unauthorized: the service at .* asks for its HEADWATER_TOKEN/,
    ],
  ] as readonly (readonly [string, Answers, RegExp, passMs?: number])[]) {
    it(`that ${what} is lost, which is said once however often it is tried`, async () => {
      const { clock, states, told, isLost, became, become } = await connectTo(answers);
      await until("three losses", () => {
        clock.pass(passMs);
        return isLost(3);
      });
      assert.equal(told.length, 1);
      assert.match(told[0] ?? "", message);
      assert.deepEqual(new Set(states.map(({ kind }) => kind)), new Set(["connecting", "lost"]));
      become(GOOD);
      clock.pass(passMs);
      await became("connected");
    });
  }

  it("is lost when its changes fall silent, and taken up when it speaks again", async () => {
    const { clock, told, became, become } = await connectTo(GOOD);
    await became("connected");
    become({ ...GOOD, [EVENTS]: nothing });
    clock.pass(SILENCE_MS);
    await became("lost");
    become(GOOD);
    clock.pass(SILENCE_MS);
    await became("connected", 2);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /^service-unreachable: .* it has said nothing for 30 s/);
  });

  it("is lost at once when any request is refused for its token", async () => {
    const service = await connectTo(GOOD);
    await service.became("connected");
    service.become({ [SESSION]: refused, [RUNS]: refused });
    await assert.rejects(service.client().listRuns(), { code: "unauthorized" });
    const last = service.states.at(-1);
    assert.deepEqual([last?.kind, last?.kind === "lost" && last.code], ["lost", "unauthorized"]);
    await service.became("lost", 2);
    assert.equal(service.told.length, 1);
    service.become(GOOD);
    await service.became("connected", 2);
  });

  it("that lies in one answer is still there, and it is said once", async () => {
    const service = await connectTo({ ...GOOD, [RUNS]: json({ runs: "many" }) });
    await service.became("connected");
    for (let time = 0; time < 3; time += 1)
      await assert.rejects(service.client().listRuns(), { code: "unexpected-answer" });
    assert.equal(service.states.at(-1)?.kind, "connected");
    assert.equal(service.told.length, 1);
    assert.match(service.told[0] ?? "", /^unexpected-answer: Cannot read the answer to GET \/runs/);
  });

  it("that is lost again after it worked for a while is told of again", async () => {
    const service = await connectTo({ [SESSION]: refused });
    await service.became("lost");
    service.become(GOOD);
    await service.became("connected");
    service.clock.pass(29_000);
    service.become({ [SESSION]: refused, [RUNS]: refused });
    await assert.rejects(service.client().listRuns());
    assert.equal(service.told.length, 1);
    service.become(GOOD);
    await service.became("connected", 2);
    for (let sign = 1; sign <= 3; sign += 1) {
      service.clock.pass(29_000);
      await service.showLife();
    }
    // It was lost at each of its tries, however many those were.
    const before = service.states.filter(({ kind }) => kind === "lost").length;
    service.vanish();
    await service.became("lost", before + 1);
    assert.equal(service.told.length, 2);
  });
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "mocha";
import type { Webhook } from "@headwater/workflow";
import { post, withWorld, type HttpWorld } from "../http-world.js";
import { activation, deployment } from "../../store/store-rows.js";

const SECRET = "shared";
const secrets = { HOOK: SECRET };

const PAYMENT = JSON.stringify({ id: "evt_1", type: "paid", data: { "a/b": [{ sum: 7 }] } });

describe("a webhook", () => {
  // A signature with the time holds for five minutes, which may have passed since this file was read.
  const proven: readonly (readonly [string, Partial<Webhook>, Headers | (() => Headers)])[] = [
    ["the secret as a bearer token", { proof: "token" }, { authorization: `Bearer ${SECRET}` }],
    ["the secret in a header of its own", { header: "x-key" }, { "x-key": SECRET }],
    [
      "a signature in hexadecimal digits",
      { proof: "hmac", header: "x-sign" },
      { "x-sign": `sha256=${sign(PAYMENT)}` },
    ],
    ["a bare signature", { proof: "hmac" }, { authorization: sign(PAYMENT) }],
    ["a signature in base64", { proof: "hmac", header: "x-sign" }, { "x-sign": sign(PAYMENT, "base64") }],
    [
      "a signature with the time",
      { proof: "timestamped_hmac", header: "s" },
      () => ({ s: stripe(Date.now()) }),
    ],
    [
      "one of two signatures",
      { proof: "timestamped_hmac", header: "s" },
      () => ({ s: `${stripe(Date.now())},v1=00` }),
    ],
  ];
  for (const [how, webhook, headers] of proven) {
    it(
      `is heard by ${how}`,
      withWorld(
        async (world) => {
          await declare(world, webhook);
          const answer = await send(world, typeof headers === "function" ? headers() : headers);
          assert.deepEqual([answer.status, answer.body.signals.length], [202, 1]);
          const [signal] = await world.store.listUnmatchedSignals(9);
          assert.deepEqual([signal?.signal, signal?.params], ["payments.event", { kind: "paid", sum: 7 }]);
        },
        { secrets, token: "of-the-service" },
      ),
    );
  }

  const refused: readonly (readonly [string, Partial<Webhook>, Headers, RegExp])[] = [
    ["without a proof", {}, {}, /has no header "authorization"/],
    ["with another secret", {}, { authorization: "Bearer other" }, /does not hold the secret/],
    ["with the service's token", {}, { authorization: "Bearer of-the-service" }, /does not hold the secret/],
    [
      "with a signature of another body",
      { proof: "hmac" },
      { authorization: sign("{}") },
      /another secret or another body/,
    ],
    [
      "with an old signature",
      { proof: "timestamped_hmac" },
      { authorization: stripe(Date.now() - 600_000) },
      /five minutes/,
    ],
    [
      "with a time that was changed",
      { proof: "timestamped_hmac" },
      { authorization: stripe(1).replace("t=0", "t=9") },
      /fits/,
    ],
    ["with no time", { proof: "timestamped_hmac" }, { authorization: "v1=00" }, /has no time/],
  ];
  it(
    "is refused by each proof that does not hold, and records nothing",
    withWorld(
      async (world) => {
        for (const [what, webhook, headers, why] of refused) {
          await declare(world, webhook);
          const { status, body } = await send(world, headers);
          assert.deepEqual([status, body.error.code], [401, "unauthorized"], what);
          assert.match(body.error.message, why);
        }
        assert.deepEqual(await world.store.listUnmatchedSignals(1), []);
      },
      { secrets, token: "of-the-service" },
    ),
  );

  it(
    "counts a delivery once by its id, also when it comes twice at once, and each without one",
    withWorld(
      async (world) => {
        await declare(world, { dedupe: "/id" });
        const [one, other] = await Promise.all([send(world, PROVEN), send(world, PROVEN)]);
        assert.deepEqual([one.body.signals[0]?.id], [other.body.signals[0]?.id]);
        assert.equal([one, other].filter(({ body }) => body.signals[0]?.isNew).length, 1);
        await declare(world, { dedupe: "X-Delivery" });
        for (const id of ["a", "a", "b"]) await send(world, { ...PROVEN, "x-delivery": id });
        assert.equal((await world.store.listUnmatchedSignals(9)).length, 3);
        await declare(world, { dedupe: null });
        for (const _time of ["first", "second"]) await send(world, PROVEN);
        assert.equal((await world.store.listUnmatchedSignals(9)).length, 5);
      },
      { secrets },
    ),
  );

  it(
    "records all signals of a delivery in one turn, which the store writes together",
    withWorld(
      async (world) => {
        await declare(world, { each: "/Records", dedupe: null });
        const { recordSignal } = world.store;
        let calls = 0;
        const atEndsOfTurns = new Set<number>();
        Object.assign(world.store, {
          recordSignal(signal: Parameters<typeof recordSignal>[0]) {
            calls += 1;
            queueMicrotask(() => atEndsOfTurns.add(calls));
            return recordSignal(signal);
          },
        });
        const body = JSON.stringify({ Records: Array.from({ length: 50 }, (_, id) => ({ id })) });
        assert.equal((await send(world, PROVEN, body)).body.signals.length, 50);
        assert.deepEqual([...atEndsOfTurns], [50]);
      },
      { secrets },
    ),
  );

  it(
    "makes a signal of every item of a list",
    withWorld(
      async (world) => {
        await declare(world, { each: "/Records", params: { key: "/s3/key" }, dedupe: "/s3/key" });
        const body = JSON.stringify({ Records: [{ s3: { key: "x" } }, { s3: { key: "y" } }] });
        assert.equal((await send(world, PROVEN, body)).body.signals.length, 2);
        assert.equal((await send(world, PROVEN, body)).body.signals.filter(({ isNew }) => isNew).length, 0);
        const params = (await world.store.listUnmatchedSignals(9)).map((signal) => signal.params);
        assert.deepEqual(params, [{ key: "x" }, { key: "y" }]);
      },
      { secrets },
    ),
  );

  it(
    "refuses a number that would be another one where it is read, takes it as it is for a key, and leaves it where nobody reads it",
    withWorld(
      async (world) => {
        const body =
          '{"id":12345678901234567890,"type":{"in":[9007199254740993]},"data":{"a/b":[{"sum":1e300}]}}';
        await declare(world, { params: { sum: "/data/a~1b/0/sum" }, dedupe: "/id" });
        assert.equal((await send(world, PROVEN, body)).body.signals[0]?.isNew, true);
        assert.equal((await send(world, PROVEN, body)).body.signals[0]?.isNew, false);
        const next = body.replace("7890,", "7891,");
        assert.equal((await send(world, PROVEN, next)).body.signals[0]?.isNew, true);
        const params = (await world.store.listUnmatchedSignals(9)).map((signal) => signal.params);
        assert.deepEqual(params, [{ sum: 1e300 }, { sum: 1e300 }]);
        await declare(world, { params: { kind: "/type" } });
        const { status, body: refused } = await send(world, PROVEN, body);
        assert.deepEqual([status, refused.error.code], [400, "bad-request"]);
        assert.match(refused.error.message, /\/type has .*9007199254740993 is beyond 9007199254740991/);
        assert.equal((await world.store.listUnmatchedSignals(9)).length, 2);
      },
      { secrets },
    ),
  );

  it(
    "says what of a body does not fit, where there is no webhook, and when its secret is missing",
    withWorld(
      async (world) => {
        await declare(world, { each: "/Records", dedupe: "/id" });
        const problem = async (body: string): Promise<string> =>
          (await send(world, PROVEN, body)).body.error.message;
        assert.match(await problem("{}"), /"each" needs a list at \/Records/);
        assert.match(await problem('{"Records":[{"id":{}}]}'), /"dedupe" needs a text or a number at \/id/);
        assert.match(await problem(JSON.stringify({ Records: [{ id: "x".repeat(201) }] })), /201 characters/);
        assert.match(
          await problem(JSON.stringify({ Records: Array.from({ length: 1001 }, () => 1) })),
          /1001 items/,
        );
        const large = await send(world, PROVEN, `"${"x".repeat(1024 * 1024)}"`);
        assert.deepEqual([large.status, large.body.error.code], [413, "payload-too-large"]);
        const nowhere = await world.ask("/api/v1/webhooks/sales/toString", post({}));
        assert.deepEqual([nowhere.status, nowhere.body.error.code], [404, "not-found"]);
        await declare(world, { secret: "ELSE" });
        const unset = await send(world, PROVEN);
        assert.deepEqual([unset.status, unset.body.error.code], [503, "busy"]);
        assert.match(String(world.logged), /its secret is not set.*ELSE/);
        assert.deepEqual(await world.store.listUnmatchedSignals(1), []);
      },
      { secrets },
    ),
  );
});

type Headers = Readonly<Record<string, string>>;

const PROVEN = { authorization: SECRET };

async function declare(world: HttpWorld, webhook: Partial<Webhook>): Promise<void> {
  const activated = activation(deployment(`dep_${JSON.stringify(webhook)}`), { daily: {} });
  const payments: Webhook = {
    signal: "payments.event",
    secret: "HOOK",
    proof: "token",
    header: "authorization",
    each: null,
    params: { kind: "/type", sum: "/data/a~1b/0/sum", none: "/data/1" },
    dedupe: null,
    ...webhook,
  };
  const settings = { ...activated.settings, webhooks: { payments } };
  await world.store.activateDeployment({ ...activated, settings });
}

function send(
  world: HttpWorld,
  headers: Readonly<Record<string, string>>,
  body = PAYMENT,
): ReturnType<HttpWorld["ask"]> {
  const json = { "content-type": "application/json" };
  return world.ask("/api/v1/webhooks/sales/payments", {
    method: "POST",
    body,
    headers: { ...json, ...headers },
  });
}

function sign(message: string, encoding: "hex" | "base64" = "hex"): string {
  return createHmac("sha256", SECRET).update(message).digest(encoding);
}

function stripe(at: number): string {
  const seconds = Math.floor(at / 1000);
  return `t=${seconds},v1=${sign(`${seconds}.${PAYMENT}`)}`;
}

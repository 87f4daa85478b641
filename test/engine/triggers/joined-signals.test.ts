import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { arrivalOf, joinSignal } from "@headwater/engine";
import type { HeardSignal, JoinedSignals } from "@headwater/engine";
import type { JoinTrigger, Json } from "@headwater/workflow";
import { evaluator } from "#test/engine/builder.js";

/** Orders and rates of one date, both signals of one name. */
const ORDERS_AND_RATES: JoinTrigger = {
  kind: "all",
  signals: [
    {
      name: "orders",
      signal: "updated",
      match: [{ param: "table", operator: "eq", value: "orders" }],
    },
    { name: "rates", signal: "updated", match: [{ param: "table", operator: "eq", value: "rates" }] },
  ],
  join: ["date"],
  withinMs: 100,
  if: null,
  dedupe: null,
  params: {},
};

describe("joinSignal()", () => {
  it("starts a run when the last signal of a key has arrived", () => {
    assert.deepEqual(play({}, [orders(1, "mon"), rates(2, "tue"), rates(3, "mon")]), ["orders 1, rates 3"]);
  });

  it("uses a signal for one run only", () => {
    assert.deepEqual(play({}, [orders(1, "mon"), rates(2, "mon"), rates(3, "mon"), orders(4, "mon")]), [
      "orders 1, rates 2",
      "orders 4, rates 3",
    ]);
  });

  it("takes the newest of each name", () => {
    assert.deepEqual(play({}, [orders(1, "mon"), orders(2, "mon"), rates(3, "mon")]), ["orders 2, rates 3"]);
  });

  it("forgets what is older than `within`, and goes on with what is not", () => {
    assert.deepEqual(play({}, [orders(1, "mon"), rates(102, "mon"), orders(103, "mon")]), [
      "orders 103, rates 102",
    ]);
    assert.deepEqual(play({}, [orders(1, "mon"), rates(101, "mon")]), ["orders 1, rates 101"]);
  });

  it("waits for any time without `within`", () => {
    assert.deepEqual(play({ withinMs: null }, [orders(1, "mon"), rates(1e9, "mon")]), [
      "orders 1, rates 1000000000",
    ]);
  });

  it("lets the signals wait while `if` does not hold, or cannot be evaluated", () => {
    const trigger = { if: "signals.orders.rows > 0" };
    const arrivals = [
      orders(1, "mon", { rows: 0 }),
      rates(2, "mon"),
      orders(3, "mon"),
      orders(4, "mon", { rows: 5 }),
    ];
    assert.deepEqual(play(trigger, arrivals), ["problem", "orders 4, rates 2"]);
  });

  it("counts a signal for every name whose conditions it satisfies", () => {
    const signals = ["one", "other"].map((name) => ({ name, signal: "updated", match: [] }));
    assert.deepEqual(play({ signals }, [orders(1, "mon")]), ["one 1, other 1"]);
  });

  it("joins every signal with every other when `join` is empty", () => {
    assert.deepEqual(play({ join: [] }, [orders(1, "mon"), rates(2, "tue")]), ["orders 1, rates 2"]);
  });
});

describe("arrivalOf()", () => {
  const ROWS: readonly (readonly [string, HeardSignal, ReturnType<typeof arrivalOf>])[] = [
    ["a signal of the trigger", orders(1, "mon"), { key: '["mon"]', names: ["orders"] }],
    ["a signal of another name", { ...orders(1, "mon"), signal: "deleted" }, null],
    ["a signal that matches no name", signal(1, { table: "users", date: "mon" }), null],
    ["a signal without a param of `join`", signal(1, { table: "orders" }), null],
    [
      "a signal whose param of `join` is no text",
      signal(1, { table: "orders", date: { b: 1, a: null } }),
      { key: '[{"a":null,"b":1}]', names: ["orders"] },
    ],
  ];
  for (const [what, given, expected] of ROWS) {
    it(`${what} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(arrivalOf(ORDERS_AND_RATES, given), expected);
    });
  }
});

/** The runs that start, as the signals they use; the ids of signals are their times. */
function play(changes: Partial<JoinTrigger>, arrivals: readonly HeardSignal[]): readonly string[] {
  const trigger = { ...ORDERS_AND_RATES, ...changes };
  const waiting = new Map<string, JoinedSignals>();
  return arrivals.flatMap((arrived) => {
    const arrival = arrivalOf(trigger, arrived);
    if (arrival === null) return [];
    const { key, names } = arrival;
    const step = joinSignal(evaluator, trigger, {
      waiting: waiting.get(key) ?? {},
      signal: arrived,
      names,
    });
    waiting.set(key, step.waiting);
    if (step.problem !== null) return ["problem"];
    if (step.complete === null) return [];
    const used = Object.entries(step.complete).map(([name, { id }]) => `${name} ${id}`);
    return [used.sort().join(", ")];
  });
}

function orders(at: number, date: string, more: Readonly<Record<string, Json>> = {}): HeardSignal {
  return signal(at, { table: "orders", date, ...more });
}

function rates(at: number, date: string): HeardSignal {
  return signal(at, { table: "rates", date });
}

function signal(at: number, params: Readonly<Record<string, Json>>): HeardSignal {
  return { id: at, signal: "updated", params, at };
}

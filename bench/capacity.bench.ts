import { tableOf, timeInTurns } from "./median.js";
import type { Ticket } from "#server/capacity/capacity.js";
import { LocalCapacity } from "#server/capacity/local-capacity.js";

// What deciding who goes first costs, with few and with many who wait; and that the single attempt of an owner who comes
// new waits for no more than one of another's to end, whatever that one has queued.

const SLOTS = 100;
const DECISIONS = 20_000;
const MANY = 50_000;

/** A capacity with so many attempts of one owner waiting, and a way to end the one that has gone on longest. */
function backlog(waiting: number, of: (n: number) => Partial<Ticket> = () => ({})) {
  let now = 0;
  const capacity = new LocalCapacity({ pools: { default: SLOTS }, clock: { now: () => now } });
  for (const permit of PERMITS) capacity.limitPermit(permit, SLOTS / 4);
  const holding: string[] = [];
  let first = 0;
  let count = 0;
  const request = (ticket: Partial<Ticket> = {}): string => {
    const key = `attempt ${(count += 1)}`;
    capacity.request({
      key,
      owner: "crowd",
      priority: "normal",
      pool: "default",
      permits: [],
      places: [],
      begin: () => holding.push(key),
      ...ticket,
    });
    return key;
  };
  for (let n = 0; n < waiting + SLOTS; n += 1) request(of(n));
  return {
    capacity,
    request,
    holding,
    endOne: (): void => {
      now += 1;
      capacity.release(holding[first] ?? "");
      first += 1;
    },
  };
}

const PERMITS = ["api", "db", "mail", "warehouse"];
const PRIORITIES = ["low", "normal", "high", "critical"] as const;

/** 50 owners, four priorities, and every second attempt with two of four permits. */
function mixed(n: number): Partial<Ticket> {
  const pair = [PERMITS[n % 4] ?? "", PERMITS[(n + 1) % 4] ?? ""].sort();
  return {
    owner: `owner ${n % 50}`,
    priority: PRIORITIES[(n >> 2) % 4] ?? "normal",
    permits: n % 2 === 0 ? pair : [],
  };
}

/** Milliseconds of processor time for so many decisions: one attempt ends, the next begins, and another like it comes. */
function decide({ endOne, request }: ReturnType<typeof backlog>, of: (n: number) => Partial<Ticket>): number {
  // What was made just now moves to where it stays, which is not part of a decision.
  globalThis.gc?.();
  const { user } = process.cpuUsage();
  for (let n = 0; n < DECISIONS; n += 1) {
    endOne();
    request(of(n));
  }
  return (process.cpuUsage().user - user) / 1000;
}

const alike = (): Partial<Ticket> => ({});
console.log(`### ${DECISIONS} decisions, by how many wait\n`);
console.log(
  tableOf(
    await timeInTurns(9, {
      "50 wait": async () => decide(backlog(50), alike),
      "50,000 wait": async () => decide(backlog(MANY), alike),
      "50 wait, of 50 owners with priorities and permits": async () => decide(backlog(50, mixed), mixed),
      "50,000 wait, likewise": async () => decide(backlog(MANY, mixed), mixed),
    }),
    "50 wait",
  ),
);

const before = memory();
const crowd = backlog(MANY);
const after = memory();
console.log(`\nMemory: ${((after - before) / MANY).toFixed(0)} bytes for each of ${MANY} who wait`);

const single = crowd.request({ owner: "newcomer" });
let ended = 0;
while (!crowd.holding.includes(single)) {
  crowd.endOne();
  ended += 1;
}
console.log(`\nA newcomer's single attempt began when ${ended} of the ${SLOTS} that went on had ended`);

const startedAt = performance.now();
const asked = 1000;
for (let n = 0; n < asked; n += 1) crowd.capacity.wait(`attempt ${MANY - n}`);
console.log(`\nTo say of ${asked} why they wait: ${(performance.now() - startedAt).toFixed(1)} ms`);

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ScheduleChange } from "@headwater/workflow";
import { planned, workflowText } from "./planned.js";

interface Case {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** When the switch is. */
  readonly at: string;
  readonly expected: { readonly period?: string; readonly lost?: number; readonly doubled?: number } | null;
}

const ZONE = "timezone: America/Los_Angeles";
const DAILY = (hour: number): string => `{ schedule: "0 ${hour} * * *", ${ZONE} }`;

const CASES: readonly Case[] = [
  {
    what: "loses a day's slot that passed by the new time and is still to come by the old",
    before: DAILY(6),
    after: DAILY(5),
    at: "2026-11-26T05:30:00-08:00",
    expected: { period: "day", lost: 1 },
  },
  {
    what: "doubles a day's slot that was there by the old time and comes by the new",
    before: DAILY(5),
    after: DAILY(6),
    at: "2026-11-26T05:30:00-08:00",
    expected: { period: "day", doubled: 1 },
  },
  {
    what: "neither loses nor doubles before both times",
    before: DAILY(5),
    after: DAILY(6),
    at: "2026-11-26T03:00:00-08:00",
    expected: { period: "day" },
  },
  {
    what: "neither loses nor doubles after both times",
    before: DAILY(6),
    after: DAILY(5),
    at: "2026-11-26T20:00:00-08:00",
    expected: { period: "day" },
  },
  {
    what: "doubles from early to late, however far apart",
    before: DAILY(2),
    after: DAILY(23),
    at: "2026-11-26T12:00:00-08:00",
    expected: { period: "day", doubled: 1 },
  },
  {
    what: "gives a slot at the very instant of the switch to the old schedule",
    before: DAILY(6),
    after: DAILY(7),
    at: "2026-11-26T06:00:00-08:00",
    expected: { period: "day", doubled: 1 },
  },
  {
    what: "loses nothing on a day that has no slot",
    before: '{ schedule: "0 6 * * 1-5" }',
    after: '{ schedule: "0 5 * * 1-5" }',
    at: "2026-11-28T05:30:00Z",
    expected: { period: "day" },
  },
  {
    what: "loses a week's slot",
    before: '{ schedule: "0 6 * * 5" }',
    after: '{ schedule: "0 6 * * 1" }',
    at: "2026-11-25T00:00:00Z",
    expected: { period: "week", lost: 1 },
  },
  {
    what: "doubles a month's slot",
    before: '{ schedule: "0 6 1 * *" }',
    after: '{ schedule: "0 6 28 * *" }',
    at: "2026-11-25T00:00:00Z",
    expected: { period: "month", doubled: 1 },
  },
  {
    what: "loses an hour's slot",
    before: '{ schedule: "40 * * * *" }',
    after: '{ schedule: "10 * * * *" }',
    at: "2026-11-25T10:20:00Z",
    expected: { period: "hour", lost: 1 },
  },
  {
    what: "takes a longer period where the two differ: fewer slots are what is wanted",
    before: "{ schedule: every 15m }",
    after: DAILY(5),
    at: "2026-11-26T05:30:00-08:00",
    expected: { period: "day" },
  },
  {
    what: "says nothing of schedules that fire once",
    before: '{ schedule: "0 6 29 2 *" }',
    after: '{ schedule: "0 6 30 2 *" }',
    at: "2026-11-25T10:20:00Z",
    expected: null,
  },
  {
    what: "counts another time zone's day",
    before: '{ schedule: "0 6 * * *", timezone: Asia/Tokyo }',
    after: DAILY(20),
    at: "2026-11-26T14:00:00-08:00",
    expected: { period: "day", doubled: 1 },
  },
  {
    what: "keeps the length of a day on which the clock changes",
    before: DAILY(1),
    after: DAILY(3),
    at: "2026-11-01T02:30:00-08:00",
    expected: { period: "day", doubled: 1 },
  },
  {
    what: "loses nothing to a schedule that begins later",
    before: DAILY(6),
    after: `{ schedule: "0 5 * * *", ${ZONE}, starts: 2027-01-01 }`,
    at: "2026-11-26T05:30:00-08:00",
    expected: { period: "day" },
  },
];

describe("a change of schedules", () => {
  for (const { what, before, after, at, expected } of CASES) {
    it(what, () => {
      const [change] = changes([before], [after], at);
      assert.equal(change?.change, "changed");
      const { period, lost, doubled } = change.switch ?? {};
      assert.deepEqual(
        change.switch === null ? null : { period, lost, doubled },
        expected === null ? null : { lost: 0, doubled: 0, ...expected },
      );
    });
  }

  it("shows the next five fires of both in the author's time zone, across a change of its clock", () => {
    const [change] = changes([DAILY(6)], [DAILY(7)], "2026-10-29T12:00:00Z");
    assert.deepEqual(change?.after?.fires, [
      "2026-10-29T07:00:00-07:00",
      "2026-10-30T07:00:00-07:00",
      "2026-10-31T07:00:00-07:00",
      "2026-11-01T07:00:00-08:00",
      "2026-11-02T07:00:00-08:00",
    ]);
    assert.equal(change.before?.fires[0], "2026-10-29T06:00:00-07:00");
  });

  it("names the slots that are lost", () => {
    const [change] = changes([DAILY(6)], [DAILY(5)], "2026-11-26T05:30:00-08:00");
    assert.deepEqual(change?.switch, {
      period: "day",
      startsAt: "2026-11-26T00:00:00-08:00",
      lost: 1,
      doubled: 0,
      fired: [],
      toCome: [],
      passed: ["2026-11-26T05:00:00-08:00"],
      dropped: ["2026-11-26T06:00:00-08:00"],
    });
  });

  it("tells schedules that are added and removed, and pairs those that are most alike", () => {
    const found = changes(
      [DAILY(1), DAILY(2), '{ schedule: "0 9 * * *" }'],
      [DAILY(2), '{ schedule: "0 9 * * *", timezone: Asia/Tokyo }'],
    );
    assert.deepEqual(
      found.map(({ change, before, after }) => [change, before?.schedule, before?.timezone, after?.timezone]),
      [
        ["removed", "0 1 * * *", "America/Los_Angeles", undefined],
        ["changed", "0 9 * * *", "UTC", "Asia/Tokyo"],
      ],
    );
    assert.deepEqual(
      changes([], [DAILY(1)]).map(({ change }) => change),
      ["added"],
    );
  });

  it("says nothing of a schedule that fires when it did", () => {
    assert.deepEqual(changes(['{ schedule: "0 */6 * * *" }'], ["{ schedule: every 6h }"]), []);
    assert.deepEqual(
      changes([DAILY(1)], [`{ schedule: "0 1 * * *", ${ZONE}, jitter: 5m, missed: all }`]),
      [],
    );
  });

  it("shows no fires of a schedule that never fires", () => {
    const [change] = changes([], [`{ schedule: "0 1 * * *", ends: 2020-01-01 }`]);
    assert.deepEqual(change?.after?.fires, []);
  });
});

describe("the load of schedules", () => {
  it("counts the runs of the whole project in each hour of a day", () => {
    const { load } = planned(
      {
        "a.workflow.yaml": scheduled("a", ["{ schedule: every 15m }"]),
        "b.workflow.yaml": scheduled("b", [DAILY(6)]),
      },
      {
        "a.workflow.yaml": scheduled("a", ["{ schedule: every 15m }"]),
        "b.workflow.yaml": scheduled("b", [DAILY(7)]),
      },
      "2026-11-26T13:30:00Z",
    );
    assert.equal(load.hours.length, 24);
    assert.deepEqual(load.hours.slice(0, 3), [
      { startsAt: "2026-11-26T13:00:00Z", before: 4, after: 4 },
      { startsAt: "2026-11-26T14:00:00Z", before: 5, after: 4 },
      { startsAt: "2026-11-26T15:00:00Z", before: 4, after: 5 },
    ]);
  });

  it("counts a schedule of many workflows once, and gives up on more different slots than it could in good time", () => {
    const many = (schedule: string): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: 50 }, (_, index) => [
          `w${index}.workflow.yaml`,
          scheduled(`w${index}`, [schedule]),
        ]),
      );
    assert.equal(planned({}, many('{ schedule: "*/10 * * * *" }')).load.hours[3]?.after, 300);
    const everySecond = ["every 1s"].map(
      (text, index) =>
        [`s${index}.workflow.yaml`, scheduled(`s${index}`, [`{ schedule: "${text}" }`])] as const,
    );
    assert.deepEqual(planned({}, Object.fromEntries(everySecond)).load.hours, []);
  });
});

function changes(
  before: readonly string[],
  after: readonly string[],
  at?: string,
): readonly ScheduleChange[] {
  const plan = planned(
    { "a.workflow.yaml": scheduled("a", before) },
    { "a.workflow.yaml": scheduled("a", after) },
    at,
  );
  assert.equal(plan.findings.errors, 0);
  return plan.workflows[0]?.schedules ?? [];
}

function scheduled(id: string, triggers: readonly string[]): string {
  return workflowText(id, `triggers: [${triggers.join(", ")}]`);
}

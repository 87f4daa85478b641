import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BACKFILL_BEGINNING, backfillPage } from "@headwater/engine";
import type { BackfillItem, BackfillPlan, ScheduleEra } from "@headwater/engine";
import { createScheduleReader } from "@headwater/workflow";
import type { ScheduleTrigger } from "@headwater/workflow";

const reader = createScheduleReader();

describe("backfillPage()", () => {
  it("gives the slots of each schedule in its time zone, through a change of the clock", () => {
    const eras = [era("2026-03-28", "2026-03-31", [daily("Europe/Prague"), daily("UTC")])];
    assert.deepEqual(slotsOf(plan(eras)), [
      "2026-03-28T05:00:00Z Europe/Prague",
      "2026-03-28T06:00:00Z UTC",
      "2026-03-29T04:00:00Z Europe/Prague",
      "2026-03-29T06:00:00Z UTC",
      "2026-03-30T04:00:00Z Europe/Prague",
      "2026-03-30T06:00:00Z UTC",
    ]);
  });

  it("takes the schedules that there were at the time, and none where there were none", () => {
    const eras = [
      era("2026-01-01", "2026-01-03", [daily("UTC")]),
      era("2026-01-05", "2026-01-07", [daily("UTC", "0 18 * * *")]),
    ];
    assert.deepEqual(slotsOf(plan(eras)), [
      "2026-01-01T06:00:00Z UTC",
      "2026-01-02T06:00:00Z UTC",
      "2026-01-05T18:00:00Z UTC",
      "2026-01-06T18:00:00Z UTC",
    ]);
  });

  for (const [name, schedules] of [
    ["a slot a day", [daily("America/New_York")]],
    ["two schedules that meet", [daily("UTC"), daily("UTC", "0 6 * * 1"), daily("UTC", "every 6h")]],
    ["bursts with long gaps between them", [daily("UTC", "*/5 9,10 1 * *")]],
    ["slots at the clock change that come twice", [daily("Europe/Prague", "30 * * * *")]],
  ] as const) {
    for (const limit of [1, 3, 7]) {
      it(`gives newest first the same slots, in pages of ${limit}: ${name}`, () => {
        const eras = [
          era("2026-02-20", "2026-03-10", schedules),
          era("2026-03-10", "2026-03-31", schedules.slice(0, 1)),
        ];
        const oldest = itemsOf(plan(eras), limit);
        const newest = itemsOf({ ...plan(eras), order: "newest" }, limit);
        const positions = oldest.map((_, index) => index);
        assert.deepEqual(
          [oldest, newest].map((items) => items.map(({ position }) => position)),
          [positions, positions],
        );
        assert.deepEqual(newest.map(nameOf).sort(), oldest.map(nameOf).sort());
        const times = newest.map(({ slotAt }) => slotAt ?? 0);
        assert.deepEqual(
          times,
          times.toSorted((one, other) => other - one),
        );
        assert.ok(new Set(oldest.map(nameOf)).size === oldest.length);
      });
    }
  }

  it("combines the values of params, the last first, and newest first backward", () => {
    const selection = { kind: "combinations", choices: { day: ["mon", "tue"], part: [1, 2, 3] } } as const;
    const forward = itemsOf({ selection, order: "oldest", eras: [] }, 4).map(({ params }) => params);
    assert.deepEqual(forward, [
      { day: "mon", part: 1 },
      { day: "mon", part: 2 },
      { day: "mon", part: 3 },
      { day: "tue", part: 1 },
      { day: "tue", part: 2 },
      { day: "tue", part: 3 },
    ]);
    const backward = itemsOf({ selection, order: "newest", eras: [] }, 4).map(({ params }) => params);
    assert.deepEqual(backward, forward.toReversed());
  });

  it("gives a list of params as it is", () => {
    const selection = { kind: "list", params: [{ a: 1 }, { b: 2 }] } as const;
    assert.deepEqual(
      itemsOf({ selection, order: "oldest", eras: [] }, 1).map(({ params }) => params),
      [{ a: 1 }, { b: 2 }],
    );
  });
});

function plan(eras: readonly ScheduleEra[]): BackfillPlan {
  const selection = { kind: "slots", from: 0, before: Date.UTC(2030, 0), params: {} } as const;
  return { selection, order: "oldest", eras };
}

/** Every item, page by page: each page knows of the ones before it only what the cursor says. */
function itemsOf(of: BackfillPlan, limit: number): readonly BackfillItem[] {
  const items: BackfillItem[] = [];
  for (let cursor: typeof BACKFILL_BEGINNING | null = BACKFILL_BEGINNING; cursor !== null;) {
    const stored = JSON.parse(JSON.stringify(cursor)) as typeof BACKFILL_BEGINNING;
    const page: ReturnType<typeof backfillPage> = backfillPage(of, { cursor: stored, limit }, reader);
    assert.ok(page.items.length <= limit);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

function slotsOf(of: BackfillPlan): readonly string[] {
  return itemsOf(of, 2).map(nameOf);
}

function nameOf(item: BackfillItem): string {
  if (item.slotAt === null) return "";
  const at = new Date(item.slotAt).toISOString().replace(".000Z", "Z");
  const text = item.schedule.schedule === "0 6 * * *" ? "" : ` ${item.schedule.schedule}`;
  return `${at} ${item.schedule.timezone}${text.includes("18") ? "" : text}`;
}

function era(from: string, before: string, schedules: readonly ScheduleTrigger[]): ScheduleEra {
  return { from: Date.parse(from), before: Date.parse(before), schedules };
}

function daily(timezone: string, schedule = "0 6 * * *"): ScheduleTrigger {
  return {
    kind: "schedule",
    schedule,
    timezone,
    missed: "latest",
    gap: "auto",
    overlap: "auto",
    jitterMs: 0,
    startsAt: null,
    endsAt: null,
    params: {},
  };
}

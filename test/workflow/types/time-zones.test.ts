import assert from "node:assert/strict";
import { createTimeZones, nextFire, parseSchedule } from "@headwater/workflow";
import { noTimeZone } from "#workflow/types/time-zones.js";

/** The three letters that ICU has as ids and IANA's tzdata has not, neither as zones nor as links in its file "backward". */
const OF_ICU_ALONE =
  "ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST".split(
    " ",
  );
/** Zones and links of IANA's tzdata, which engines have under other names. */
const OF_IANA =
  "UTC GMT EST MST HST EST5EDT PST8PDT WET CET MET EET GB Eire NZ PRC ROC ROK UCT Zulu Japan W-SU GMT0 Etc/GMT+1 US/Pacific Asia/Calcutta Asia/Kolkata America/Buenos_Aires Europe/Kyiv".split(
    " ",
  );

describe("createTimeZones()", () => {
  const zones = createTimeZones();

  it("has the names of IANA, links included", () => {
    assert.deepEqual(
      OF_IANA.filter((name) => !zones.has(name)),
      [],
    );
  });

  it("has no abbreviation that is only ICU's, in no case of its letters", () => {
    const written = OF_ICU_ALONE.flatMap((name) => [name, name.toLowerCase()]);
    assert.deepEqual(
      written.filter((name) => zones.has(name)),
      [],
    );
  });

  it("has no other name of three letters that IANA has not", () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const names = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const links = "CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET".split(" ");
    assert.deepEqual(
      names.filter((name) => zones.has(name)),
      links,
    );
  });
});

describe("noTimeZone()", () => {
  it("names zones that there are for every abbreviation", () => {
    const zones = createTimeZones();
    for (const name of [...OF_ICU_ALONE, "CEST", "EDT", "MSK", "Z"]) {
      const { message } = noTimeZone(name);
      const named = Array.from(message.matchAll(/"([^"]+)"/g), ([, zone = ""]) => zone).slice(1);
      assert.ok(named.length > 0 && named.every((zone) => zones.has(zone)), message);
    }
  });

  it("offers an edit only where one zone can be meant", () => {
    assert.deepEqual(noTimeZone("BST").data, { nearest: "Europe/London" });
    assert.deepEqual(noTimeZone("IST").data, {});
  });
});

describe("a schedule that was deployed with an abbreviation", () => {
  it("is refused when it is read anew, and fires on where the engine has it", () => {
    assert.equal(parseSchedule("0 6 * * *", "BST").ok, false);
    const timing = {
      schedule: "0 6 * * *",
      timezone: "BST",
      gap: "run_after",
      overlap: "once",
      startsAt: null,
      endsAt: null,
    } as const;
    // Six o'clock in Dhaka, where the engine still takes BST for that; newer ones may have forgotten it.
    const midnight = Date.parse("2026-07-02T00:00:00Z");
    const expected = createTimeZones().hasOffsets("BST") ? midnight : null;
    assert.equal(nextFire(timing, Date.parse("2026-07-01T23:00:00Z")), expected);
  });
});

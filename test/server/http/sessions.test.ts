import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemIds } from "#server/ids.js";
import { Sessions } from "#server/http/sessions.js";
import { ManualClock } from "../manual-clock.js";

const WEEK = 7 * 24 * 60 * 60 * 1000;

describe("Sessions", () => {
  let dataFolder = "";
  let clock: ManualClock;
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), "headwater-sessions-"));
    clock = new ManualClock(1000);
  });
  afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

  it("that were ended stay so in the next life of the service, and the others go on", () => {
    const sessions = open();
    const [one, other] = [signIn(sessions), signIn(sessions)];
    sessions.end(one);
    assert.deepEqual([sessions.has(one), sessions.has(other)], [false, true]);
    assert.deepEqual([open().has(one), open().has(other)], [false, true]);
  });

  it("are all ended at once, those of earlier lives included, and begin anew", () => {
    const one = signIn(open());
    const sessions = open();
    sessions.endAll();
    assert.deepEqual([sessions.has(one), open().has(one)], [false, false]);
    clock.advance(1);
    assert.equal(open().has(signIn(sessions)), true);
  });

  it("end after a week, and are kept as ended no longer than that", () => {
    const sessions = open();
    const [first, second] = [signIn(sessions), signIn(sessions)];
    sessions.end(first);
    clock.advance(WEEK);
    assert.equal(sessions.has(second), false);
    const third = signIn(sessions);
    sessions.end(third);
    const kept = JSON.parse(readFileSync(join(dataFolder, "ended-sessions.json"), "utf8")) as {
      readonly sessions: readonly unknown[];
    };
    assert.equal(kept.sessions.length, 1);
  });

  it("of another token are none, and without a token there are none", () => {
    const cookie = signIn(open());
    assert.equal(open("another").has(cookie), false);
    assert.equal(open(null).has(cookie), false);
    open().end("headwater_session=nothing");
    assert.equal(open().has(cookie), true);
  });

  function open(token: string | null = "token"): Sessions {
    return new Sessions({ token, dataFolder, clock, ids: systemIds });
  }

  function signIn(sessions: Sessions): string {
    return sessions.start("token", false).cookie.split(";")[0] ?? "";
  }
});

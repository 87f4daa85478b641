import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#server/clock.js";
import { followLog } from "#server/logs/follow-log.js";
import { formatLogLine } from "#server/logs/log-line.js";

describe("followLog()", () => {
  it("waits for the file, gives lines as they come, and ends when the attempt has ended", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-log-"));
    const file = join(folder, "1.log");
    const ended = new AbortController();
    const stop = new AbortController().signal;
    const pages = followLog(file, { clock: systemClock, offset: 0, ended: ended.signal, stop });
    const texts: string[] = [];
    const first = pages.next();
    appendFileSync(file, formatLogLine(0, "out", "one"));
    const page = await first;
    assert.ok(page.done !== true);
    texts.push(...page.value.lines.map(({ text }) => text));
    const second = pages.next();
    appendFileSync(file, formatLogLine(0, "err", "two"));
    appendFileSync(file, formatLogLine(0, "sys", "three"));
    ended.abort();
    const next = await second;
    for (const { lines } of next.done === true ? [] : [next.value])
      texts.push(...lines.map(({ text }) => text));
    for await (const { lines } of pages) texts.push(...lines.map(({ text }) => text));
    assert.deepEqual(texts, ["one", "two", "three"]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends at once when nobody reads any more", async () => {
    const stop = new AbortController();
    const ended = new AbortController().signal;
    const pages = followLog("/nowhere/1.log", { clock: systemClock, offset: 0, ended, stop: stop.signal });
    const next = pages.next();
    stop.abort();
    assert.equal((await next).done, true);
  });
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService, type Service } from "#server/main.js";
import { ScratchRepository } from "#test/server/source/scratch-repository.js";
import { until } from "#test/until.js";
import { capturedMain } from "../captured-main.js";

const WORKFLOW = `
workflow: daily
triggers:
  - schedule: "0 6 * * *"
    timezone: Europe/Prague
    params: { day: "\${{ run.scheduled_at.date() }}" }
run_strategy: { rule: parallel, limit: 3 }
params:
  day: { type: date }
  mode: { type: string, default: full }
steps:
  load: { run: 'test "$DAY $MODE" != "2026-03-29 full" || test -e "$HEADWATER_DATA/mended"', env: { DAY: "\${{ params.day }}", MODE: "\${{ params.mode }}" } }
  told: { needs: [load], noop: true, if: "\${{ run.trigger == 'backfill' }}" }
`;

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("headwater backfill", () => {
  let folder = "";
  let service: Service | null = null;
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await capturedMain(args, {
      env: { HEADWATER_URL: service?.url ?? "" },
      cwd: folder,
      user: "ann",
    });
    assert.deepEqual([code, stderr], [0, ""], stdout);
    return stdout;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-backfill-"));
    const repository = await ScratchRepository.create(join(folder, "repository"));
    const files = { "headwater.yaml": "project: sales\n", "daily.workflow.yaml": WORKFLOW };
    await repository.commit(files);
    const options = { dataFolder: join(folder, "data"), port: 0 };
    const config = resolveConfig(options, { PATH: process.env["PATH"] }, folder);
    service = await startService({ config, log });
    await run("repo", "add", repository.folder);
  });

  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lists what would run, runs it, says what failed, and does that again", async () => {
    const asked = ["sales/daily", "--from", "2026-03-28", "--to", "2026-03-30"];
    const dry = await run("backfill", ...asked, "--dry-run");
    assert.match(
      dry,
      /\n1 +2026-03-28 05:00:00Z +Sat 2026-03-28 06:00 \+01:00 Europe\/\w+ +runs +.*"day":"2026-03-28"/,
    );
    assert.match(dry, /\n2 +2026-03-29 04:00:00Z +Sun 2026-03-29 06:00 \+02:00 Europe\/\w+ +runs/);
    assert.match(dry, /\n3 runs would be made, 3 at a time; 0 of 3 are passed over. Nothing was done.\n$/);
    const started = await run("backfill", ...asked, "--reason", "new rates");
    const id =
      /^Started backfill (bf_\w+) of sales\/daily: 3 runs at most, 3 at a time\n/.exec(started)?.[1] ?? "";
    await untilShown(id, /finished\n2 of 3 succeeded, 1 failed\n/);
    const shown = await run("backfill", "show", id);
    assert.match(shown, /\nbegun \S+ \S+ by ann: new rates\n/);
    assert.match(
      shown,
      /\nSat 2026-03-28 00:00 \+01:00 to Mon 2026-03-30 23:59:59 \+02:00 Europe\/\w+, by the clock of its schedule; that is\n/,
    );
    assert.match(shown, /\n2026-03-27 23:00:00Z to 2026-03-30 21:59:59Z, oldest first, 3 at a time\n/);
    const failed = await run("runs", "--backfill", id, "--status", "failed", "--format", "json");
    const [{ params, steps: _steps, ...of }] = (
      JSON.parse(failed) as { runs: [{ params: object; steps?: []; trigger: { kind: string; by: string } }] }
    ).runs;
    assert.deepEqual(
      [params, of.trigger.kind, of.trigger.by],
      [{ day: "2026-03-29", mode: "full" }, "backfill", "ann"],
    );
    const again = await run("backfill", ...asked, "--dry-run");
    assert.match(again, /\n1 +2026-03-28 05:00:00Z +Sat .* +passed over +sales\/daily#1 succeeded/);
    assert.match(again, /\n1 run would be made, 3 at a time; 2 of 3 are passed over/);
    const retried = await run("backfill", "retry", id, "--reason", "once more");
    assert.match(retried, /\nchanged last \S+ \S+ by ann: once more\n/);
    await untilShown(id, /finished\n2 of 3 succeeded, 1 failed\n/);
    assert.match(
      await run("backfills"),
      new RegExp(`\\n${id} +sales/daily +finished +ann +2026-03-27 23:00:00Z to`),
    );
  });

  it("runs a product of params, a file of params, and what is paused and canceled", async () => {
    const started = await run(
      "backfill",
      "sales/daily",
      "--param",
      "day=2026-01-01..2026-01-02",
      "--param",
      "mode=a,b",
    );
    const id = /bf_\w+/.exec(started)?.[0] ?? "";
    await untilShown(id, /finished\n4 of 4 succeeded\n4 combinations/);
    writeFileSync(
      join(folder, "days.jsonl"),
      '{ "day": "2026-02-01" }\n\n{ "day": "2026-02-02", "mode": "c" }\n',
    );
    const listed = await run("backfill", "sales/daily", "--params", "days.jsonl");
    await untilShown(/bf_\w+/.exec(listed)?.[0] ?? "", /finished\n2 of 2 succeeded\na list of params/);
    const long = await run(
      "backfill",
      "sales/daily",
      "--from",
      "2010-01-01",
      "--to",
      "2020-01-01",
      "--max-parallel",
      "1",
    );
    const other = /bf_\w+/.exec(long)?.[0] ?? "";
    assert.match(await run("backfill", "pause", other), / paused\n/);
    assert.match(await run("backfill", "resume", other), / running\n/);
    await run("backfill", "cancel", other);
    await untilShown(other, / canceled\n/);
  });

  it("refuses what cannot be, and says what would do", async () => {
    const refused = async (...args: readonly string[]): Promise<string> =>
      (await capturedMain(args, { env: { HEADWATER_URL: service?.url ?? "" }, cwd: folder })).stderr;
    assert.match(
      await refused("backfill", "sales/daily", "--from", "2026-01-01"),
      /--to is missing: give the last day, or an instant/,
    );
    assert.match(
      await refused("backfill", "sales/daily", "--params", "none.json"),
      /Cannot read "none.json"/,
    );
    assert.match(
      await refused("backfill", "show", "bf_none"),
      /Cannot find backfill "bf_none": there is none/,
    );
    assert.match(
      await refused("backfill", "sales/daily", "--max-parallel", "0"),
      /as --max-parallel: it must be/,
    );
  });

  function untilShown(id: string, wanted: RegExp): Promise<string> {
    return until(`backfill ${id} is ${wanted.source}`, async () => {
      const text = await run("backfill", "show", id);
      return wanted.test(text) ? text : null;
    });
  }
});

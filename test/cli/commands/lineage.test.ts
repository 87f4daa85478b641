import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { resolveConfig } from "#server/config.js";
import { startService, type Service } from "#server/main.js";
import { ScratchRepository } from "#test/server/source/scratch-repository.js";
import { until } from "#test/until.js";
import { capturedMain } from "../captured-main.js";

const FILES = {
  "headwater.yaml": `project: sales
webhooks: { uploads: { signal: uploads.arrived, secret: "\${{ secrets.UPLOADS }}" } }
`,
  "load.workflow.yaml": `workflow: load
triggers: [{ signal: uploads.arrived, params: { day: "\${{ signal.day }}" } }]
params: { day: { type: string } }
steps:
  copy:
    noop: {}
    emit:
      - { signal: table.updated, params: { table: orders, day: "\${{ params.day }}" } }
      - { signal: nobody.cares }
`,
  "revenue.workflow.yaml": `workflow: revenue
triggers: [{ signal: table.updated, match: { table: orders } }]
steps:
  send: { workflow: report }
`,
  "report.workflow.yaml": "workflow: report\nsteps: { go: { noop: {} } }\n",
  "audit.workflow.yaml":
    "workflow: audit\ntriggers: [{ workflow: revenue, on: succeeded }]\nsteps: { go: { noop: {} } }\n",
  "gated.workflow.yaml": `workflow: gated
steps:
  publish:
    wait_for: { signal: table.updated, match: { table: orders }, lookback: 1d }
    noop: {}
`,
  "deaf.workflow.yaml":
    "workflow: deaf\ntriggers: [{ signal: table.updated, match: { table: rates } }]\nsteps: { go: { noop: {} } }\n",
};

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("headwater lineage", () => {
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
    folder = mkdtempSync(join(tmpdir(), "headwater-lineage-"));
    const repository = await ScratchRepository.create(join(folder, "repository"));
    await repository.commit(FILES);
    const options = { dataFolder: join(folder, "data"), port: 0 };
    const config = resolveConfig(options, { PATH: process.env["PATH"] }, folder);
    service = await startService({ config, log });
    await run("repo", "add", repository.folder);
  });

  after(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lists who emits a signal and who listens to it, of one table too, page by page", async () => {
    const all = await run("lineage", "--signal", "table.updated");
    assert.match(all, /^SIGNAL +ROLE +WHO +STEP +PARAMS\n/);
    assert.match(
      all,
      /\ntable\.updated +emits +sales\/load +copy +\{"table":"orders","day":"\$\{\{ params\.day \}\}"\}/,
    );
    assert.match(all, /\ntable\.updated +starts +sales\/deaf +\{"table":"rates"\}/);
    assert.match(all, /\ntable\.updated +waits +sales\/gated +publish +\{"table":"orders"\}/);
    assert.doesNotMatch(await run("lineage", "--signal", "table.updated", "--param", "table=orders"), /deaf/);
    assert.match(await run("lineage", "--signal", "uploads.arrived"), /receives +sales\/uploads/);
    const page = await run("lineage", "--limit", "2");
    const next = /--after (\S+)/.exec(page)?.[1] ?? "";
    assert.match(
      await run("lineage", "--after", next, "--limit", "1"),
      /\ntable\.updated +starts +sales\/deaf/,
    );
    assert.match(
      await run("lineage", "--signal", "none"),
      /^Nothing that is deployed names such a signal\.\n$/,
    );
    assert.equal(
      await run("lineage", "--signal", "none", "--param", "table=orders"),
      "Nothing that is deployed names such a signal with such params. Without --param all that name it are listed.\n",
    );
  });

  it("tells what leads to a workflow and what it leads to, also from afar", async () => {
    const shown = await run("lineage", "workflow", "sales/revenue");
    assert.match(shown, /What leads to it:\n.*\n1 +sales\/load +table\.updated +sales\/revenue\n/);
    assert.match(shown, /\n2 +sales\/uploads \(webhook\) +uploads\.arrived +sales\/load\n/);
    assert.match(
      shown,
      /What it leads to:\n.*\n1 +sales\/revenue +its step send +sales\/report\n1 +sales\/revenue +its end +sales\/audit\n/,
    );
    assert.doesNotMatch(shown, /deaf|gated/);
    assert.doesNotMatch(await run("lineage", "workflow", "sales/revenue", "--depth", "1"), /uploads/);
    assert.match(
      await run("lineage", "workflow", "sales/gated"),
      /\n1 +sales\/load +table\.updated, for which publish waits +sales\/gated\n/,
    );
  });

  it("tells which signals and runs led to a run, and what came of it", async () => {
    await run("run", "sales/gated");
    const sent = await run("signal", "uploads.arrived", "--param", "day=monday");
    const audit = await until("the last run of the chain", async () => {
      const text = await run("lineage", "run", "sales/load#1").catch(() => "");
      return /its end +sales\/audit#1 succeeded/.test(text) && /gated#1/.test(text) ? text : undefined;
    });
    assert.match(audit, /^sales\/load#1 succeeded, started by: signal\n/);
    assert.match(audit, /\n1 +outside +uploads\.arrived \(signal \d+\) +sales\/load#1 succeeded\n/);
    assert.match(
      audit,
      /\n1 +sales\/load#1 succeeded +table\.updated \(signal \d+\) +sales\/revenue#1 succeeded\n/,
    );
    assert.match(
      audit,
      /\n1 +sales\/load#1 succeeded +table\.updated, for which publish waits \(signal \d+\) +sales\/gated#1/,
    );
    assert.match(audit, /\n2 +sales\/revenue#1 succeeded +its step send +sales\/report#1/);
    assert.match(audit, /\nNobody has used signal \d+: nobody\.cares \{\}\n$/);
    const upstream = await run("lineage", "run", "sales/audit#1");
    assert.match(upstream, /\n1 +sales\/revenue#1 .*\n2 +sales\/load#1 .*\n3 +outside +uploads\.arrived/);
    const id = /Recorded signal (\d+)/.exec(sent)?.[1] ?? "";
    const used = await run("lineage", "signal", id);
    assert.match(used, /^uploads\.arrived \{"day":"monday"\}\nrecorded .*, from outside\n/);
    assert.match(used, /\nsales\/load#1 succeeded +started +/);
    const unknown = await capturedMain(["lineage", "signal", "999999"], {
      env: { HEADWATER_URL: service?.url ?? "" },
      cwd: folder,
      user: "ann",
    });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Cannot find signal 999999: there is none, or it is no longer kept/);
  });
});

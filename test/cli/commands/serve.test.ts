import assert from "node:assert/strict";
import { once as listening } from "node:events";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "mocha";
import { openConnection } from "#server/store/sqlite/connection.js";
import { startServiceProcess } from "../../faults/service-process.js";
import { until } from "../../until.js";
import { type Ended, headwater } from "../headwater-process.js";
import { withFolder } from "../scratch-folder.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const EXAMPLE = join(root, "workflows-example");
/** As `npm start` sets it: the example's steps read real data. */
const DATA_SETS = {
  VEGA_DATASETS: join(root, "node_modules", "vega-datasets", "data"),
  HEADWATER_STEP_ENV: "VEGA_DATASETS",
};

describe("headwater serve", function () {
  // The example works on 3,000,000 flights.
  this.timeout(180_000);

  it("ends with a reason when it cannot say where it is, and gives up all that it had started", () =>
    withFolder({}, async (data) => {
      mkdirSync(join(data, "server.json"));
      const { code, stdout, stderr } = await headwater(["serve", "--port", "0", "--data", data]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^error: Cannot write ".*server\.json", which says where the service is: EISDIR/);
    }));

  it("prints that writes wait and why, and that they go on", () =>
    withFolder({}, async (data) => {
      const { client, output, stop } = await startServiceProcess(data);
      const other = await openConnection(join(data, "headwater.db"), { access: "write" });
      await other.exec("BEGIN IMMEDIATE");
      const emitting = client.sendSignal({ body: { signal: "hello" } }).catch((error: unknown) => error);
      await until("it says that writes wait", async () => output().includes("Cannot write now:"), 60_000);
      assert.match(output(), /Cannot write now: another program holds ".*headwater\.db" locked: close it/);
      await other.exec("ROLLBACK");
      await until("it says that writes go on", async () => output().includes("Writes go on"), 60_000);
      assert.match(output(), /^Writes go on, nothing was lost$/m);
      await Promise.all([emitting, other.close()]);
      assert.equal(await stop(), 0);
    }));

  it("makes no data folder when it cannot listen", () =>
    withFolder({}, async (folder) => {
      const other = createServer().listen(0, "127.0.0.1");
      await listening(other, "listening");
      const address = other.address();
      const taken = String(typeof address === "object" ? address?.port : "");
      const { code, stderr } = await headwater(["serve", "--port", taken, "--data", join(folder, "data")]);
      other.close();
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^error: Cannot listen on port \d+ of 127\.0\.0\.1: another program has it\. Stop/,
      );
      assert.deepEqual(readdirSync(folder), []);
    }));

  it("refuses a data folder that cannot be made, at once", async function () {
    if (process.platform !== "linux") this.skip();
    const { code, stderr } = await headwater(["serve", "--port", "0", "--data", "/proc/headwater"]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: Cannot write to data folder "\/proc\/headwater": ENOENT/);
  });

  it("--example --once runs the example to its end: a chart is drawn, and the second workflow follows", () =>
    withFolder({}, async (data) => {
      const { code, stdout, stderr } = await once(EXAMPLE, data);
      assert.deepEqual([code, stderr], [0, ""], stdout);
      assert.deepEqual(stepsOf(stdout), STEPS);
      assert.match(stdout, /^flights\/flight-delays#1 succeeded in /m);
      const written = readdirSync(data, { recursive: true, encoding: "utf8" });
      assert.ok(written.some((path) => path.endsWith(join("report", "delays.svg"))));
      // The signal is in the store, whether or not the second run had begun when the first one ended.
      const { client, stop } = await startServiceProcess(data, DATA_SETS);
      try {
        const second = await until(
          "airport-report ends",
          async () => {
            const { runs } = await client.listRuns({ query: { workflow: "airport-report" } });
            return runs.find(({ endedAt }) => endedAt !== null);
          },
          60_000,
        );
        assert.deepEqual([second.status, second.trigger.kind], ["succeeded", "signal"]);
      } finally {
        await stop();
      }
    }));

  it("--example --once says with exit code 1 that the run failed, and shows the step and its words", () =>
    withFolder({}, async (folder) => {
      const example = join(folder, "example");
      cpSync(EXAMPLE, example, { recursive: true });
      writeFileSync(
        join(example, "scripts", "ingest.sh"),
        'echo "retryable=false" >> "$HEADWATER_OUTPUT"\nexit 3\n',
      );
      const { code, stdout } = await once(example, join(folder, "data"));
      assert.equal(code, 1, stdout);
      assert.match(stdout, /^flights\/flight-delays#1 failed in /m);
      assert.deepEqual(
        stepsOf(stdout).filter((step) => !step.endsWith("upstream_failed")),
        ["alarm succeeded", "ingest failed"],
      );
    }));
});

/** The nine of `flight-delays`, when the data are good. */
const STEPS = [
  "ingest succeeded",
  "stage succeeded",
  "check_flights succeeded",
  "check_airports succeeded",
  "months succeeded",
  "quarantine skipped",
  "publish succeeded",
  "report succeeded",
  "alarm skipped",
].sort();

/** What `npm start -- --once` does when everything is built. */
function once(example: string, data: string): Promise<Ended> {
  return headwater(["serve", "--example", example, "--once", "--port", "0", "--data", data], {
    env: DATA_SETS,
  });
}

/** The rows of the table of steps, each as `id state`, by id. */
function stepsOf(stdout: string): readonly string[] {
  const table = stdout.slice(stdout.indexOf("STEP"));
  return [...table.matchAll(/^(\w+) +(succeeded|failed|skipped|upstream_failed)\b/gm)]
    .map(([, id, status]) => `${id} ${status}`)
    .sort();
}

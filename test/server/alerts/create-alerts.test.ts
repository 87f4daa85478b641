import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, it } from "mocha";
import { logFileOf } from "#server/logs/log-files.js";
import { advance, deployment, KEY, stepChange } from "../store/store-rows.js";
import { GATHER_MS, withAlerts, type AlertWorld } from "./alert-world.js";
import { startReceiver, type Receiver } from "./receivers.js";

const FINE = { status: 200 } as const;

describe("createAlerts()", () => {
  it("tells of failures and of what has recovered, once each, with the end of the log", () =>
    withReceiver(async (world, hook) => {
      await world.deploy({ daily: [{ on: ["failed", "recovered"], webhook: `${hook.url}/hook` }] });
      await world.end("a", "succeeded");
      await failWithLog(world, "b", ["Loading", "orders.csv is not there"]);
      await world.until("it is told", () => hook.received.length === 1);
      const [failed] = bodiesOf(hook);
      assert.equal(failed?.title, "sales/daily#2 failed");
      assert.deepEqual(failed.details, ["load: exit code 1"]);
      assert.deepEqual(failed.log, ["Loading", "orders.csv is not there"]);
      assert.equal(failed.url, "https://headwater.example/#b");
      assert.deepEqual(failed.counts, { failed: 1 });
      assert.deepEqual(
        [failed.run.name, failed.run.status, failed.run.attempt],
        ["sales/daily#2", "failed", 1],
      );
      await world.end("b", "succeeded", 2);
      await world.end("c", "succeeded");
      await world.end("d", "canceled");
      await world.until("it is told", () => hook.received.length === 2);
      assert.equal(bodiesOf(hook)[1]?.title, "sales/daily#2 has recovered");
      // What is received and not known to be is told again by the next life.
      await world.until("both are known to be told", async () =>
        (await world.alerts()).every(({ state }) => state === "told"),
      );
      await world.restart();
      await world.end("e", "succeeded");
      await world.until("all is read", async () => (await world.store.readAlertCursor()).signalId >= 4);
      assert.equal(hook.received.length, 2);
      assert.deepEqual(
        (await world.alerts()).map(({ state, tries }) => [state, tries]),
        [
          ["told", 1],
          ["told", 1],
        ],
      );
      assert.equal((await world.store.listAlertsOfRun("b")).length, 2);
    }));

  it("makes two messages of a thousand failures within a minute, and says how many they are", () =>
    withReceiver(async (world, hook) => {
      await world.deploy({ daily: [{ on: "failed", webhook: hook.url }] });
      await world.end("run-0", "failed");
      await world.until("the first is told", () => hook.received.length === 1);
      for (let index = 1; index < 1000; index += 1) await world.end(`run-${index}`, "failed");
      await world.until(
        "all wait in one",
        async () => (await world.alerts())[0]?.happened.failed?.count === 999,
      );
      assert.equal(hook.received.length, 1);
      world.clock.advance(GATHER_MS);
      await world.until("the others are told", () => hook.received.length === 2);
      assert.equal(bodiesOf(hook)[1]?.title, "sales/daily: 999 runs failed; the last: #1000 failed");
      assert.equal((await world.store.listAlertsOfRun("run-500")).length, 1);
    }));

  it("tells of another occasion at once, with what waits", () =>
    withReceiver(async (world, hook) => {
      await world.deploy({ daily: [{ on: ["failed", "recovered"], webhook: hook.url }] });
      await world.end("a", "failed");
      await world.until("it is told", () => hook.received.length === 1);
      await world.end("b", "failed");
      await world.end("c", "succeeded");
      await world.until("both are told", () => hook.received.length === 2);
      const [, second] = bodiesOf(hook);
      assert.equal(second?.title, "sales/daily: 1 run failed, 1 recovered; the last: #3 has recovered");
      assert.equal(second.occasion, "recovered");
    }));

  it("tells that a run is late and why, and that it recovered when it succeeds", () =>
    withReceiver(async (world, hook) => {
      await world.deploy({ daily: [{ on: ["late", "recovered"], webhook: hook.url }] });
      await world.late("a");
      await world.until("it is told", () => hook.received.length === 1);
      const [late] = bodiesOf(hook);
      assert.equal(late?.title, "sales/daily#1 is late");
      assert.match(late.details.join("\n"), /^It was due 1970-01-01 00:00 UTC, .*\nIt waits: 2 of 2 permits/);
    }));

  it("tries again after a while, in order, and gives up what is refused", () =>
    withReceiver(
      async (world, hook) => {
        await world.deploy({ daily: [{ on: ["failed", "recovered"], webhook: hook.url }] });
        await world.end("a", "failed");
        await world.until("it was tried", () => hook.received.length === 1);
        await world.end("b", "succeeded");
        await world.until("it is told and the next is refused", async () =>
          (await world.alerts()).every(({ state }) => state !== "waiting"),
        );
        const [second, first] = await world.alerts();
        assert.deepEqual([first?.state, first?.tries], ["told", 3]);
        assert.deepEqual([second?.state, second?.tries], ["given_up", 1]);
        assert.equal(second?.error, "it answered 410: gone for good");
        assert.equal(
          new Set(hook.received.slice(0, 3).map(({ headers }) => headers["headwater-alert"])).size,
          1,
        );
        assert.equal(new Set(hook.received.slice(0, 3).map(({ text }) => text)).size, 1);
        assert.ok(
          hook.received.every(({ path }) => path === "/"),
          "redirects are not followed",
        );
        assert.match(world.warned.join("\n"), /gave up an alert .*it answered 410/);
      },
      (_, index) =>
        index === 0
          ? { status: 503 }
          : index === 1
            ? { status: 429, headers: { "retry-after": "1" } }
            : index === 2
              ? FINE
              : { status: 410, body: "gone for good" },
    ));

  it("goes on after a kill with a try whose end nobody knows, by the same id", () =>
    withReceiver(
      async (world, hook) => {
        await world.deploy({ daily: [{ on: "failed", webhook: hook.url }] });
        await world.end("a", "failed");
        await world.until("it was asked", () => hook.received.length === 1);
        await world.restart();
        await world.until("it is told", async () => (await world.alerts())[0]?.state === "told");
        const ids = hook.received.map(({ headers }) => headers["headwater-alert"]);
        assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
        assert.equal((await world.alerts())[0]?.tries, 2);
      },
      (_, index) => (index === 0 ? null : FINE),
    ));

  it("tells each receiver of a deployment once, whatever the number of workflows", () =>
    withReceiver(async (world, hook) => {
      const alerts = [{ on: ["held", "changed"], webhook: hook.url }];
      await world.deploy({ daily: alerts, weekly: alerts, other: [] });
      await world.until("it is told", () => hook.received.length === 1);
      const title = "sales: a new version of 2 workflows is live with commit c0ffee";
      assert.equal(bodiesOf(hook)[0]?.title, title);
      const refused = { status: "refused", reason: "1 error", commit: "bad0bad0bad0", added: [] } as const;
      await world.store.recordDeployment(deployment("dep_9", refused));
      world.teller().wake();
      await world.until("it is told", () => hook.received.length === 2);
      const [, held] = bodiesOf(hook);
      assert.equal(held?.title, "sales: commit bad0bad0 was refused; what ran before goes on");
      assert.deepEqual(held.details, [
        "Load sales, by Ada <ada@example.org>",
        "1 error",
        "Workflows: daily, weekly",
      ]);
    }));

  it("says once which receivers cannot be reached, and gives up what is for them with that reason", () =>
    withAlerts({}, async (world) => {
      const to = {
        slack: "#sales",
        email: "a@b.example",
        pagerduty: "sales-oncall",
        webhook: "${{ secrets.HOOK }}",
      };
      await world.deploy({ daily: [{ on: "failed", ...to }] });
      await world.end("a", "failed");
      await world.until(
        "all are given up",
        async () => (await world.alerts()).filter(({ state }) => state === "given_up").length === 4,
      );
      const problems = [
        'slack #sales: the service has no secret "SLACK_TOKEN": set HEADWATER_SECRET_SLACK_TOKEN',
        "email a@b.example: the service has no mail server: set HEADWATER_SMTP_URL",
        'webhook ${{ secrets.HOOK }}: the service has no secret "HOOK": set HEADWATER_SECRET_HOOK',
        'pagerduty sales-oncall: the service has no secret "PAGERDUTY_SALES_ONCALL": set HEADWATER_SECRET_PAGERDUTY_SALES_ONCALL',
      ];
      assert.deepEqual(await world.teller().problems(), problems);
      const warnings = (): number => world.warned.filter((line) => line.startsWith("an alert cannot")).length;
      assert.equal(warnings(), 4);
      await world.deploy({ daily: [{ on: "failed", ...to }] });
      await world.end("b", "succeeded");
      await world.until("it is read", async () => (await world.store.readAlertCursor()).deploymentKey >= 2);
      assert.equal(warnings(), 4);
      const workflow = await world.store.findWorkflow(KEY);
      assert.ok(workflow);
      const tested = await world.teller().test(workflow);
      assert.deepEqual(
        tested.map(({ channel, to: name, error }) => `${channel} ${name}: ${error}`),
        problems,
      );
    }));
});

interface Body {
  readonly title: string;
  readonly occasion: string;
  readonly details: readonly string[];
  readonly log: readonly string[];
  readonly url: string;
  readonly counts: object;
  readonly run: { readonly name: string; readonly status: string; readonly attempt: number };
}

function bodiesOf(hook: Receiver): readonly Body[] {
  return hook.received.map(({ text }) => JSON.parse(text) as Body);
}

async function withReceiver(
  test: (world: AlertWorld, hook: Receiver) => Promise<void>,
  answer: Parameters<typeof startReceiver>[0] = () => FINE,
): Promise<void> {
  const hook = await startReceiver(answer);
  try {
    await withAlerts({}, (world) => test(world, hook));
  } finally {
    await hook.stop();
  }
}

async function failWithLog(world: AlertWorld, id: string, lines: readonly string[]): Promise<void> {
  await world.end(id, "failed");
  const seq = (await world.store.readJournal(id)).length + 1;
  const file = logFileOf(world.dataFolder, id, { path: "load", attempt: 1 });
  mkdirSync(dirname(file), { recursive: true });
  const text = lines.map((line) => `2026-11-27T02:00:00.000Z out ${line}\n`).join("");
  writeFileSync(file, text);
  const run = await world.store.findRun(id);
  assert.ok(run);
  const steps = [stepChange("load", { status: "failed" })];
  await world.store.advanceRun(advance(id, seq, { run, steps }));
}

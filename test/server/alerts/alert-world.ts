import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunStatus } from "@headwater/engine";
import type { WorkflowProperties } from "@headwater/workflow";
import type { AlertConfig } from "#server/alerts/alert-options.js";
import { createAlerts, type AlertTeller } from "#server/alerts/create-alerts.js";
import { createChangeFeed } from "#server/changes/change-feed.js";
import { systemIds } from "#server/ids.js";
import type { AlertRow } from "#server/store/alerts.js";
import { runEnded, runLate } from "#server/store/run-ended-signal.js";
import { createSqliteStore } from "#server/store/sqlite/create-sqlite-store.js";
import type { Store } from "#server/store/store.js";
import { until } from "#test/until.js";
import { ManualClock } from "../manual-clock.js";
import { activation, advance, deployment, KEY, newRun, SUCCEEDED } from "../store/store-rows.js";

export const GATHER_MS = 60_000;

/** The real teller on the real store, in a time of its own; runs are only rows. */
export interface AlertWorld {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly dataFolder: string;
  /** What the log was warned of. */
  readonly warned: string[];
  readonly secrets: Map<string, string>;
  /** Another service on the same data. */
  restart(): Promise<void>;
  teller(): AlertTeller;
  /** Deploys workflows with these alerts. */
  deploy(
    workflows: Readonly<Record<string, WorkflowProperties["alerts"]>>,
    row?: Parameters<typeof deployment>[1],
  ): Promise<void>;
  /** A run of the workflow ends; those of one id are attempts of one run. */
  end(id: string, status: RunStatus, attempt?: number): Promise<void>;
  late(id: string): Promise<void>;
  /** Lets time go by in small steps until the condition holds. */
  until<Value>(
    what: string,
    condition: () => Value | null | undefined | false | Promise<Value>,
  ): Promise<Value>;
  alerts(): Promise<readonly AlertRow[]>;
  stop(): Promise<void>;
}

/** A test in a world of its own. */
export function withAlerts(
  config: Partial<AlertConfig>,
  test: (world: AlertWorld) => Promise<void>,
): Promise<void> {
  return createWorld(config).then(async (world) => {
    try {
      await test(world);
    } finally {
      await world.stop();
    }
  });
}

async function createWorld(config: Partial<AlertConfig>): Promise<AlertWorld> {
  const dataFolder = mkdtempSync(join(tmpdir(), "headwater-alerts-"));
  const clock = new ManualClock(1_000_000);
  const feed = createChangeFeed({ boot: "boot", remembered: 100 });
  const store = createSqliteStore({ dataFolder, clock });
  const warned: string[] = [];
  const secrets = new Map<string, string>();
  const open = (): AlertTeller =>
    createAlerts({
      config: {
        gatherMs: GATHER_MS,
        slackUrl: "http://127.0.0.1:9",
        pagerdutyUrl: "http://127.0.0.1:9",
        smtpUrl: null,
        mailFrom: "Headwater <headwater@example.com>",
        ...config,
      },
      dataFolder,
      store,
      secrets: {
        check: async () => undefined,
        read: async (names) => new Map([...secrets].filter(([name]) => names.includes(name))),
      },
      clock,
      ids: systemIds,
      feed,
      log: {
        info: () => undefined,
        warn: (message, fields) => void warned.push(`${message} ${JSON.stringify(fields)}`),
        error: (message, fields) => void warned.push(`${message} ${JSON.stringify(fields)}`),
      },
      url: () => "https://headwater.example",
      waitsFor: () => "2 of 2 permits of orders_api are held",
    });
  await store.start();
  let teller = open();
  await teller.start();
  let deployments = 0;
  const signal = async (id: string, one: Parameters<Store["recordSignal"]>[0]): Promise<void> => {
    const { status } = one.params;
    const reason = status === "succeeded" ? null : "load: exit code 1";
    const ended = { run: { ...SUCCEEDED, status: status as RunStatus, reason } };
    const seq = (await store.readJournal(id)).length + 1;
    const signals = { signals: [one] };
    await store.advanceRun(advance(id, seq, status === undefined ? signals : { ...ended, ...signals }));
    teller.wake();
  };
  const known = async (id: string): Promise<void> => {
    if ((await store.findRun(id)) === null) await store.createRuns([newRun(id, { dueAt: 5000 })]);
  };
  return {
    store,
    clock,
    dataFolder,
    warned,
    secrets,
    teller: () => teller,
    async restart() {
      await teller.stop();
      teller = open();
      await teller.start();
    },
    async deploy(workflows, row = {}) {
      deployments += 1;
      const sketches = Object.fromEntries(
        Object.entries(workflows).map(([id, alerts]) => [id, { version: `ver_${id}`, alerts }]),
      );
      const one = deployment(`dep_${deployments}`, { added: Object.keys(workflows), ...row });
      await store.activateDeployment(activation(one, sketches));
      teller.wake();
    },
    async end(id, status, attempt = 1) {
      await known(id);
      await signal(id, runEnded({ ...KEY, id, attempt }, { status, at: clock.now() }));
    },
    async late(id) {
      await known(id);
      await signal(id, runLate({ ...KEY, id }, { dueAt: 5000, at: clock.now() }));
    },
    until: (what, condition) =>
      until(what, () => {
        clock.advance(50);
        return condition();
      }),
    alerts: () => store.listAlerts({ limit: 1000 }),
    async stop() {
      await teller.stop();
      await store.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

import type { Clock } from "../clock.js";
import type { Ids } from "../ids.js";
import type { AlertCursor, AlertingWorkflow, AlertOccasion } from "../store/alerts.js";
import type { DeploymentRow, Store } from "../store/store.js";
import type { WorkflowKey } from "../store/workflow-key.js";
import { addHappenings, type Happening } from "./add-happenings.js";
import { receiversOf, type AlertReceiver } from "./alert-receivers.js";
import { deploymentHappenings, placesOf } from "./deployment-happenings.js";
import { failingAfter, occasionsOf, readRunNews, runAt, type RunNews } from "./run-happenings.js";

export interface AlertRecorderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** See `addHappenings`. */
  readonly gatherMs: number;
  /** A commit is live: the workflows of its environment that have alerts. */
  readonly onLive: (workflows: readonly AlertingWorkflow[]) => Promise<void>;
}

const SIGNALS_A_ROUND = 500;
const DEPLOYMENTS_A_ROUND = 20;

/** Of a round of which nobody is told, the cursor becomes durable only after so many signals: reading them again costs little. */
const SIGNALS_UNSAVED_MAX = 500;

/** What a round found. */
interface Found {
  readonly happenings: readonly Happening[];
  readonly upTo: AlertCursor;
  /** Workflows, as text, that are failing after it or no longer. */
  readonly failing: ReadonlyMap<string, boolean>;
}

/**
 * Turns what was recorded in the transaction in which it happened into alerts, each once: the cursor moves in the transaction that writes
 * them. It reads behind the runs, and never holds them up.
 */
export class AlertRecorder {
  readonly #options: AlertRecorderOptions;
  readonly #failing = new Set<string>();
  #durable: AlertCursor = { signalId: 0, deploymentKey: 0 };
  #cursor: AlertCursor = this.#durable;

  constructor(options: AlertRecorderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store } = this.#options;
    this.#cursor = this.#durable = await store.readAlertCursor();
    for (const key of await store.listFailingWorkflows()) this.#failing.add(keyText(key));
  }

  /** Records the next that happened. False when there was nothing more. */
  async recordNext(): Promise<boolean> {
    const found = await this.#look();
    const { upTo } = found;
    if (upTo.signalId === this.#cursor.signalId && upTo.deploymentKey === this.#cursor.deploymentKey)
      return false;
    const isNothing = found.happenings.length === 0 && found.failing.size === 0;
    if (isNothing && upTo.signalId - this.#durable.signalId < SIGNALS_UNSAVED_MAX) this.#cursor = upTo;
    // What was added to is being told: looked at once more, it is not.
    else while (!(await this.#record(found)));
    return true;
  }

  /** Makes durable how far it has come. */
  async save(): Promise<void> {
    if (this.#cursor !== this.#durable)
      await this.#record({ happenings: [], upTo: this.#cursor, failing: new Map() });
  }

  async #record({ happenings, upTo, failing }: Found): Promise<boolean> {
    const { store, clock, ids, gatherMs } = this.#options;
    const now = clock.now();
    const before =
      happenings.length === 0
        ? []
        : await store.listLaneAlerts(distinctLanes(happenings), now - 3 * gatherMs);
    const nextId = (): string => ids.next("alert", now);
    const keys = [...failing].map(([text, isFailing]) => ({ key: keyOf(text), isFailing }));
    const isRecorded = await store.recordAlerts({
      ...addHappenings(before, happenings, { now, gatherMs, nextId }),
      from: this.#durable,
      upTo,
      failing: keys.flatMap(({ key, isFailing }) => (isFailing ? [key] : [])),
      recovered: keys.flatMap(({ key, isFailing }) => (isFailing ? [] : [key])),
    });
    if (!isRecorded) return false;
    this.#cursor = this.#durable = upTo;
    for (const [text, isFailing] of failing) {
      if (isFailing) this.#failing.add(text);
      else this.#failing.delete(text);
    }
    return true;
  }

  async #look(): Promise<Found> {
    const { store } = this.#options;
    const { signalId, deploymentKey } = this.#cursor;
    const [page, deployments] = await Promise.all([
      store.listAlertSignals(signalId, SIGNALS_A_ROUND),
      store.listDeploymentsAfter(deploymentKey, DEPLOYMENTS_A_ROUND),
    ]);
    const news = page.signals.flatMap((signal) => readRunNews(signal) ?? []);
    const ofRuns = await this.#ofRuns(news);
    const ofDeployments: Happening[] = [];
    for (const { deployment } of deployments) ofDeployments.push(...(await this.#ofDeployment(deployment)));
    const upTo = { signalId: page.upTo, deploymentKey: deployments.at(-1)?.key ?? deploymentKey };
    return { happenings: [...ofRuns.happenings, ...ofDeployments], failing: ofRuns.failing, upTo };
  }

  async #ofRuns(news: readonly RunNews[]): Promise<Pick<Found, "happenings" | "failing">> {
    const receivers = new Map<string, readonly AlertReceiver[]>();
    const failing = new Map<string, boolean>();
    const happenings: Happening[] = [];
    for (const one of news) {
      const text = keyText(one.key);
      const isFailing = failing.get(text) ?? this.#failing.has(text);
      const known = receivers.get(text) ?? (await this.#receiversOf(one.key));
      receivers.set(text, known);
      happenings.push(...(await this.#ofRun(one, known, isFailing)));
      const after = failingAfter(one);
      if (after !== null && after !== isFailing) failing.set(text, after);
    }
    return { happenings, failing };
  }

  async #ofRun(
    news: RunNews,
    receivers: readonly AlertReceiver[],
    isFailing: boolean,
  ): Promise<readonly Happening[]> {
    if (receivers.length === 0) return [];
    const row = await this.#options.store.findRun(news.runId);
    // Forgotten since: the service was down for longer than runs are kept.
    if (row === null) return [];
    const occasions = occasionsOf(news, { isFailing, isLate: row.lateAt !== null });
    const facts = { ...news.key, at: news.at, run: runAt(news, row), deployment: null };
    return receivers.flatMap(({ on, channel, to }) => {
      const occasion: AlertOccasion | undefined = occasions.find((each) => on.includes(each));
      return occasion === undefined ? [] : [{ ...facts, channel, to, occasion }];
    });
  }

  async #receiversOf(key: WorkflowKey): Promise<readonly AlertReceiver[]> {
    const workflow = await this.#options.store.findWorkflow(key);
    return workflow === null ? [] : receiversOf(workflow.properties.alerts);
  }

  async #ofDeployment(deployment: DeploymentRow): Promise<readonly Happening[]> {
    const { store, onLive } = this.#options;
    if (deployment.status === "unchanged") return [];
    const happenings: Happening[] = [];
    for (const place of placesOf(deployment, await store.listEnvironments())) {
      const live = await store.listAlertingWorkflows(place);
      if (deployment.status === "active") await onLive(live);
      happenings.push(...deploymentHappenings(deployment, place, live));
    }
    return happenings;
  }
}

function distinctLanes(happenings: readonly Happening[]): readonly Happening[] {
  const lanes = new Map(
    happenings.map((happening) => {
      const { project, environment, workflow, channel, to } = happening;
      return [JSON.stringify([project, environment, workflow, channel, to]), happening];
    }),
  );
  return [...lanes.values()];
}

function keyText({ project, environment, workflow }: WorkflowKey): string {
  return `${project}/${environment}/${workflow}`;
}

function keyOf(text: string): WorkflowKey {
  const [project = "", environment = "", workflow = ""] = text.split("/");
  return { project, environment, workflow };
}

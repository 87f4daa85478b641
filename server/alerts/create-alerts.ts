import { isRunEnded, type RunStatus } from "@headwater/engine";
import type { Change } from "../changes/change-feed.js";
import { Loop } from "../loop.js";
import type { AlertChannel, AlertingWorkflow, AlertRow } from "../store/alerts.js";
import type { WorkflowRow } from "../store/store.js";
import { writeMessage, type AlertMessage } from "./alert-message.js";
import type { AlertsOptions } from "./alert-options.js";
import { receiversOf, type AlertReceiver } from "./alert-receivers.js";
import { AlertRecorder } from "./alert-recorder.js";
import { AlertSender } from "./alert-sender.js";
import type { Channel } from "./channels/channel.js";
import { createEmailChannel } from "./channels/email.js";
import { createPagerdutyChannel } from "./channels/pagerduty.js";
import { createSlackChannel } from "./channels/slack.js";
import { createWebhookChannel } from "./channels/webhook.js";
import { failedLog } from "./failed-log.js";

/** Tells people what happened, as the `alerts` of workflows say. */
export interface AlertTeller {
  start(): Promise<void>;
  /** Idempotent; what was not told yet is told by the next start. */
  stop(): Promise<void>;
  /** Something may have happened. */
  wake(): void;
  /** Sends a message to each receiver of a workflow, and answers what became of it. */
  test(workflow: WorkflowRow): Promise<readonly TestedReceiver[]>;
  /** Receivers of workflows that cannot be reached as the service is configured, and why; in words. */
  problems(): Promise<readonly string[]>;
}

export interface TestedReceiver {
  readonly channel: AlertChannel;
  readonly to: string;
  /** Null: it has arrived. */
  readonly error: string | null;
}

/** One look at what happened serves all that came in between. */
const LOOK_AFTER_MS = 50;
const MAIL_TIMEOUT_MS = 10_000;

/** Nothing is told before `start`, and nothing that happens is lost before it. */
export function createAlerts(options: AlertsOptions): AlertTeller {
  return new LocalAlerts(options);
}

class LocalAlerts implements AlertTeller {
  readonly #options: AlertsOptions;
  readonly #channels: Readonly<Record<AlertChannel, Channel>>;
  readonly #recorder: AlertRecorder;
  readonly #sender: AlertSender;
  readonly #recording: Loop;
  readonly #sending: Loop;
  /** Problems that the log has been told. */
  readonly #warned = new Set<string>();
  #unsubscribe = (): void => undefined;
  #cancelLook: (() => void) | null = null;
  #isStarted = false;

  constructor(options: AlertsOptions) {
    this.#options = options;
    const { store, clock, ids, log, config } = options;
    this.#channels = channelsOf(options);
    this.#recorder = new AlertRecorder({
      store,
      clock,
      ids,
      gatherMs: config.gatherMs,
      onLive: (workflows) => this.#warn(workflows),
    });
    this.#sender = new AlertSender({
      store,
      clock,
      log,
      channels: this.#channels,
      write: (alert) => this.#write(alert),
      onEnded: () => this.#sending.wake(),
    });
    this.#recording = new Loop({ name: "alerts", clock, log, round: () => this.#record() });
    this.#sending = new Loop({ name: "sending alerts", clock, log, round: () => this.#sender.sendDue() });
  }

  async start(): Promise<void> {
    const { store, clock, feed } = this.#options;
    await this.#recorder.start();
    await store.resumeAlerts(clock.now());
    this.#unsubscribe = feed.subscribe(null, (change) => {
      if (change !== null && mayBeTold(change.change)) this.wake();
    });
    this.#isStarted = true;
    this.#recording.wake();
    this.#sending.wake();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#cancelLook?.();
    await this.#recording.stop();
    await this.#sending.stop();
    await this.#sender.stop();
    if (this.#isStarted) await this.#recorder.save();
    this.#isStarted = false;
  }

  wake(): void {
    if (!this.#isStarted) return;
    this.#cancelLook ??= this.#options.clock.after(LOOK_AFTER_MS, () => {
      this.#cancelLook = null;
      this.#recording.wake();
    });
  }

  async test(workflow: WorkflowRow): Promise<readonly TestedReceiver[]> {
    const receivers = receiversOf(workflow.properties.alerts);
    return Promise.all(receivers.map((receiver) => this.#try(workflow, receiver)));
  }

  async problems(): Promise<readonly string[]> {
    return this.#problemsOf(await this.#options.store.listAlertingWorkflows(null));
  }

  async #record(): Promise<null> {
    while (this.#isStarted && (await this.#recorder.recordNext())) this.#sending.wake();
    return null;
  }

  async #try(workflow: WorkflowRow, { channel, to }: AlertReceiver): Promise<TestedReceiver> {
    const { clock, ids } = this.#options;
    const now = clock.now();
    const { project, environment } = workflow;
    const sent = await this.#sender.sendNow({
      id: ids.next("alert", now),
      project,
      environment,
      workflow: workflow.workflow,
      channel,
      to,
      occasion: "succeeded",
      happened: {},
      createdAt: now,
      state: "waiting",
      tries: 1,
      nextAt: null,
      error: null,
      toldAt: null,
    });
    return { channel, to, error: sent.ok ? null : sent.error };
  }

  /** Of an alert in which nothing has happened: a test. */
  async #write(alert: AlertRow): Promise<AlertMessage> {
    const { store, dataFolder, url } = this.#options;
    const pageOf = (runId?: string): string => (runId === undefined ? url() : `${url()}/#${runId}`);
    const run = alert.happened[alert.occasion]?.run ?? null;
    return writeMessage(alert, {
      waitsFor: alert.occasion === "late" && run !== null ? await this.#waitsFor(run.id) : null,
      log: alert.occasion === "failed" && run !== null ? await failedLog(store, dataFolder, run.id) : [],
      pageOf,
      isTest: Object.keys(alert.happened).length === 0,
    });
  }

  async #waitsFor(runId: string): Promise<string | null> {
    const run = await this.#options.store.findRun(runId);
    return run === null || run.endedAt !== null ? null : this.#options.waitsFor(run);
  }

  /** Once for each problem, in the life of a service. */
  async #warn(workflows: readonly AlertingWorkflow[]): Promise<void> {
    for (const problem of await this.#problemsOf(workflows)) {
      if (this.#warned.has(problem)) continue;
      this.#warned.add(problem);
      this.#options.log.warn("an alert cannot be told", { reason: problem });
    }
  }

  async #problemsOf(workflows: readonly AlertingWorkflow[]): Promise<readonly string[]> {
    const receivers = new Map(
      workflows
        .flatMap(({ alerts }) => receiversOf(alerts))
        .map((receiver) => [`${receiver.channel} ${receiver.to}`, receiver]),
    );
    const problems: string[] = [];
    for (const [name, { channel, to }] of receivers) {
      const problem = await this.#channels[channel].problem(to).catch((error: unknown) => String(error));
      if (problem !== null) problems.push(`${name}: ${problem}`);
    }
    return problems;
  }
}

/** Late runs change nothing that people see live: who records that they are calls `wake`. */
function mayBeTold(change: Change): boolean {
  return change.kind === "deployment" || (change.kind === "run" && isRunEnded(change.status as RunStatus));
}

function channelsOf({ config, secrets }: AlertsOptions): Readonly<Record<AlertChannel, Channel>> {
  const { smtpUrl, mailFrom, slackUrl, pagerdutyUrl } = config;
  return {
    slack: createSlackChannel({ secrets, baseUrl: slackUrl }),
    email: createEmailChannel({ secrets, smtpUrl, from: mailFrom, timeoutMs: MAIL_TIMEOUT_MS }),
    webhook: createWebhookChannel({ secrets }),
    pagerduty: createPagerdutyChannel({ secrets, baseUrl: pagerdutyUrl }),
  };
}

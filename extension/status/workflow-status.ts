import type { Client, Run, Step, Workflow } from "@headwater/api";
import * as vscode from "vscode";
import type { Clock } from "../clock.js";
import { apiCodeOf } from "../service/api-code.js";
import type { LinkEvent } from "../service/service-connection.js";
import type { ServiceLink } from "../service/service-link.js";
import { readSteps, type StepsOfRun } from "./read-steps.js";
import { dottedPath, groupBy } from "./step-group.js";
import { UsualDurations } from "./usual-durations.js";

/** What the service knows of a workflow, as it was when it was asked last. */
export interface WorkflowStatus {
  readonly workflow: Workflow;
  /** The latest, newest first. */
  readonly runs: readonly Run[];
  /** Of the newest run, by path without iterations, in the order in which they began. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
  /** Whether its loops have more than these. */
  readonly hasMoreSteps: boolean;
  /** How long steps usually take, milliseconds, by path without iterations. */
  readonly usual: ReadonlyMap<string, number>;
  /** Of the version that is deployed. */
  readonly fingerprint: string;
  /** Of the version that the newest run is of; null while there is no run. */
  readonly runFingerprint: string | null;
}

const RUNS_SHOWN = 3;
const NO_STEPS: StepsOfRun = { steps: [], hasMore: false };
/** Changes come in swarms; one answer is enough for what comes within this. */
const GATHER_MS = 120;
/** Of a run with many steps the answer takes its time: whoever waits so much longer than that keeps the service busy for a fifth of it. */
const EASE = 4;
const RETRY_MS = 5000;

interface Entry {
  readonly project: string;
  readonly workflow: string;
  status: WorkflowStatus | null;
  isLoading: boolean;
  isStale: boolean;
  /** Whether somebody has looked since it was last told that something changed: whoever shows it looks again then. */
  isLookedAt: boolean;
  /** The runs of whose steps something was told while the service was asked: whether one of them is the newest, only its answer says. */
  readonly toldOf: Set<string>;
}

/** The status of the workflows that somebody looks at, kept up to date by the live changes. */
export class WorkflowStatuses implements vscode.Disposable {
  readonly #link: ServiceLink;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #fingerprints = new Map<string, string>();
  readonly #usual = new UsualDurations();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(link: ServiceLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#subscriptions = [
      link.onDidHappen((event) => this.#note(event)),
      // Whoever shows something asks again: also of a service that is back, or that was late.
      link.onDidChangeState(() => this.#forget()),
      this.#changed,
    ];
  }

  /** What is known now; asks for it when it is not. Null: not yet, or the service has no such workflow. */
  find(project: string, workflow: string): WorkflowStatus | null {
    const key = `${project}/${workflow}`;
    const known = this.#entries.get(key);
    const entry = known ?? {
      project,
      workflow,
      status: null,
      isLoading: false,
      isStale: true,
      isLookedAt: true,
      toldOf: new Set<string>(),
    };
    this.#entries.set(key, entry);
    entry.isLookedAt = true;
    if (entry.isStale) void this.#load(entry);
    return entry.status;
  }

  dispose(): void {
    this.#entries.clear();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #forget(): void {
    this.#entries.clear();
    this.#fingerprints.clear();
    this.#usual.forget();
    this.#changed.fire();
  }

  #note(event: LinkEvent): void {
    for (const entry of this.#entries.values()) {
      if (concerns(event, entry)) void this.#load(entry);
      else if (event?.kind === "step" && entry.isLoading) entry.toldOf.add(event.runId);
    }
  }

  /** One question at a time, and one more when something happened meanwhile; none about what nobody looks at any more. */
  async #load(entry: Entry): Promise<void> {
    entry.isStale = true;
    if (entry.isLoading) return;
    entry.isLoading = true;
    let pauseMs = GATHER_MS;
    while (entry.isStale) {
      await this.#clock.wait(pauseMs);
      const { client } = this.#link;
      if (client === null || !entry.isLookedAt || !this.#isFollowed(entry)) break;
      entry.isStale = false;
      pauseMs = await this.#renew(entry, client);
      entry.isLookedAt = false;
      this.#changed.fire();
    }
    entry.isLoading = false;
  }

  #isFollowed(entry: Entry): boolean {
    return this.#entries.get(`${entry.project}/${entry.workflow}`) === entry;
  }

  /** Returns how long to wait before the next question, milliseconds. */
  async #renew(entry: Entry, client: Client): Promise<number> {
    const beganAt = this.#clock.now();
    entry.toldOf.clear();
    try {
      entry.status = await this.#ask(client, entry);
      const [latest] = entry.status.runs;
      if (latest !== undefined && entry.toldOf.has(latest.id)) entry.isStale = true;
    } catch (error) {
      if (apiCodeOf(error) !== "workflow-not-found") {
        // What was known is better than nothing; that the service is lost, or lies, is told by the link.
        entry.isStale = true;
        return RETRY_MS;
      }
      entry.status = null;
    }
    return Math.max(GATHER_MS, EASE * (this.#clock.now() - beganAt));
  }

  async #ask(client: Client, { project, workflow }: Entry): Promise<WorkflowStatus> {
    const query = { environment: this.#link.environment };
    const place = { ...query, project, workflow };
    const [known, { runs }, usual] = await Promise.all([
      client.getWorkflow({ params: { project, workflow }, query }),
      client.listRuns({ query: { ...place, limit: RUNS_SHOWN } }),
      this.#usual.ofSteps(client, place),
    ]);
    const latest = runs[0];
    const read = latest === undefined ? NO_STEPS : await readSteps(client, latest.id, query.environment);
    const fingerprint = await this.#fingerprint(client, known.versionId);
    const runFingerprint = latest === undefined ? null : await this.#fingerprint(client, latest.versionId);
    const steps = groupBy(read.steps, ({ path }) => dottedPath(path));
    const hasMoreSteps = read.hasMore;
    return { workflow: known, runs, steps, hasMoreSteps, usual, fingerprint, runFingerprint };
  }

  async #fingerprint(client: Client, versionId: string): Promise<string> {
    const known = this.#fingerprints.get(versionId);
    if (known !== undefined) return known;
    const { fingerprint } = await client.getVersion({ params: { id: versionId } });
    this.#fingerprints.set(versionId, fingerprint);
    return fingerprint;
  }
}

function concerns(event: LinkEvent, { project, workflow, status }: Entry): boolean {
  if (event === null) return true;
  switch (event.kind) {
    case "run":
    case "workflow":
      return event.project === project && event.workflow === workflow;
    case "step":
      return isOfLatestRun(status, event.runId);
    case "deployment":
      return event.project === project;
    case "repository":
    case "backfill":
      return false;
  }
}

function isOfLatestRun(status: Entry["status"], runId: string): boolean {
  return status?.runs[0]?.id === runId;
}

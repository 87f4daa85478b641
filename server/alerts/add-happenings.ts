import type {
  AlertedDeployment,
  AlertHappening,
  AlertLane,
  AlertOccasion,
  AlertRow,
} from "../store/alerts.js";
import { groupsOf } from "./groups.js";

/** Something that a receiver is to be told. */
export interface Happening extends AlertLane, Omit<AlertHappening, "count"> {
  readonly occasion: AlertOccasion;
}

export interface AddOptions {
  readonly now: number;
  /** Within this time a receiver is told of the same occasion of a workflow once; what comes meanwhile is one message with counts. */
  readonly gatherMs: number;
  readonly nextId: () => string;
}

/**
 * What happened becomes alerts: the first of an occasion is told at once; what follows is gathered in one that waits, the last of its
 * lane, until `gatherMs` after that. An occasion that was not told lately takes what waits along at once.
 * @param before of the same lanes: those that wait, and those of lately. Answers those that are new or were added to.
 */
export function addHappenings(
  before: readonly AlertRow[],
  happenings: readonly Happening[],
  options: AddOptions,
): { readonly alerts: readonly AlertRow[]; readonly runs: readonly AlertedRunId[] } {
  const lanes = new Map(groupsOf(before, laneOf));
  const changed = new Map<string, AlertRow>();
  const runs: AlertedRunId[] = [];
  for (const happening of happenings) {
    const lane = lanes.get(laneOf(happening)) ?? [];
    const last = lane.at(-1);
    const open = last !== undefined && last.state === "waiting" && last.tries === 0 ? last : null;
    const told = open === null ? lane : lane.slice(0, -1);
    const dueAt = Math.max(options.now, quietUntil(told, happening.occasion, options.gatherMs));
    const alert = open === null ? newAlert(happening, dueAt, options) : added(open, happening, dueAt);
    lanes.set(laneOf(happening), [...told, alert]);
    changed.set(alert.id, alert);
    if (happening.run !== null) runs.push({ alertId: alert.id, runId: happening.run.id });
  }
  return { alerts: [...changed.values()], runs };
}

/** A run that an alert tells of or counts. */
export interface AlertedRunId {
  readonly alertId: string;
  readonly runId: string;
}

function quietUntil(told: readonly AlertRow[], occasion: AlertOccasion, gatherMs: number): number {
  const times = told.flatMap(({ happened, toldAt, createdAt }) =>
    happened[occasion] === undefined ? [] : [(toldAt ?? createdAt) + gatherMs],
  );
  return Math.max(0, ...times);
}

function newAlert(happening: Happening, nextAt: number, { now, nextId }: AddOptions): AlertRow {
  const { project, environment, workflow, channel, to, occasion } = happening;
  return {
    id: nextId(),
    project,
    environment,
    workflow,
    channel,
    to,
    occasion,
    happened: { [occasion]: { ...lastOf(happening), count: 1 } },
    createdAt: now,
    state: "waiting",
    tries: 0,
    nextAt,
    error: null,
    toldAt: null,
  };
}

function added(alert: AlertRow, happening: Happening, dueAt: number): AlertRow {
  const { occasion } = happening;
  const before = alert.happened[occasion];
  const now = { ...lastOf(happening), count: (before?.count ?? 0) + 1 };
  return {
    ...alert,
    occasion,
    happened: {
      ...alert.happened,
      [occasion]: { ...now, deployment: joined(before?.deployment ?? null, now.deployment) },
    },
    nextAt: Math.min(alert.nextAt ?? dueAt, dueAt),
  };
}

function lastOf({ at, run, deployment }: Happening): Omit<AlertHappening, "count"> {
  return { at, run, deployment };
}

/** The last one, with the workflows of all. */
function joined(before: AlertedDeployment | null, now: AlertedDeployment | null): AlertedDeployment | null {
  if (before === null || now === null) return now;
  return { ...now, workflows: [...new Set([...before.workflows, ...now.workflows])] };
}

function laneOf({ project, environment, workflow, channel, to }: AlertLane): string {
  return JSON.stringify([project, environment, workflow, channel, to]);
}

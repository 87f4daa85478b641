import type { TimelineEntry, TimelinePage } from "@headwater/api";
import { timelineOf } from "@headwater/engine";
import type { AlertState } from "../store/alerts.js";
import type { JournalEntry, RunRow, Store, WorkflowPauseRow } from "../store/store.js";
import type { UnblockRow } from "../store/workflow-holds.js";

export interface TimelineRequest {
  /** The last entry of the journal that was told before. */
  readonly after: number;
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

type TimelineStore = Pick<
  Store,
  "listJournal" | "listRunActions" | "listPauses" | "listUnblocks" | "listAlertsOfRun"
>;

/** When a run was in its queue; what follows in the journal is that entry, null for none yet. */
interface Queued {
  readonly from: number;
  readonly to: number;
  readonly before: number | null;
}

/** So many pauses of a workflow are looked through, the newest. */
const PAUSES_MAX = 1000;
const ACTIONS_PAGE = 1000;

/**
 * A page of what happened to a run: what its journal says, and what somebody did to its workflow that kept it in its queue or let it
 * out of there. That stands with the workflow alone, since it may hold any number of runs.
 */
export async function readRunTimeline(
  store: TimelineStore,
  run: RunRow,
  { after, limit, now }: TimelineRequest,
): Promise<TimelinePage> {
  const events = await store.listJournal(run.id, { after, limit });
  const isLast = events.length < limit;
  const last = events.at(-1)?.seq ?? after;
  const since = after === 0 ? run.createdAt : await queuedAgainAt(store, run.id, after);
  const queues = queuedIn(events, { since, now, isOpen: isLast && run.status === "queued" });
  const held = new Map<number | null, readonly TimelineEntry[]>();
  for (const queued of queues) {
    const seq = queued.before === null ? last : queued.before - 1;
    held.set(queued.before, entriesOf(await readHolds(store, run, queued), seq));
  }
  const told = events.flatMap(({ seq, at, event, outcome = null }) => [
    ...(held.get(seq) ?? []),
    ...timelineOf(event, outcome).map((line) => ({ seq, at, ...line })),
  ]);
  const later = isLast ? entriesOf(await readAfterwards(store, run, now), last) : [];
  return { entries: [...told, ...(held.get(null) ?? []), ...later], next: isLast ? null : last };
}

/** A run is in its queue from when it was asked for, or was to be done again, until it begins or ends there. */
function queuedIn(
  events: readonly JournalEntry[],
  { since, now, isOpen }: { readonly since: number | null; readonly now: number; readonly isOpen: boolean },
): readonly Queued[] {
  const all: Queued[] = [];
  let from = since;
  for (const { seq, at, event } of events) {
    if (from !== null && LEAVES.has(event.kind)) {
      all.push({ from, to: at, before: seq });
      from = null;
    }
    if (event.kind === "action" && QUEUES.has(event.action.name)) from = at;
  }
  return isOpen && from !== null ? [...all, { from, to: now, before: null }] : all;
}

/** Of a run that goes on already, a cancellation may come after a step was done again: it was in no queue then. */
const LEAVES: ReadonlySet<string> = new Set(["start", "supersede"]);
const QUEUES: ReadonlySet<string> = new Set(["restart", "skip"]);

/** When somebody has last done something to a run that may have queued it again, until that entry; null for never. */
async function queuedAgainAt(store: TimelineStore, runId: string, until: number): Promise<number | null> {
  let last: number | null = null;
  for (let after = 0; ;) {
    const actions = await store.listRunActions(runId, { after, limit: ACTIONS_PAGE });
    for (const { seq, at, event } of actions)
      if (seq <= until && event.kind === "action" && QUEUES.has(event.action.name)) last = at;
    const end = actions.at(-1);
    if (end === undefined || end.seq > until || actions.length < ACTIONS_PAGE) return last;
    after = end.seq;
  }
}

type Hold = Omit<TimelineEntry, "seq" | "path">;

function entriesOf(holds: readonly Hold[], seq: number): readonly TimelineEntry[] {
  return holds.map((hold) => ({ seq, path: null, ...hold }));
}

/** In order; a pause of before holds the run from the moment that it queues. */
async function readHolds(
  store: TimelineStore,
  run: RunRow,
  { from, to }: Pick<Queued, "from" | "to">,
): Promise<readonly Hold[]> {
  const [pauses, unblocks] = await Promise.all([
    store.listPauses(run, PAUSES_MAX),
    store.listUnblocks(run, { from, to }),
  ]);
  const held = pauses.flatMap((pause) => holdsOf(pause, { from, to }));
  const passed = unblocks.map((unblock) => unblockLine(run, unblock));
  return [...held, ...passed].sort((one, other) => one.at - other.at);
}

/** Of a run that failed and held up its workflow: who has let it pass. */
async function readLetPass(store: TimelineStore, run: RunRow, now: number): Promise<readonly Hold[]> {
  if (run.status !== "failed" || run.endedAt === null) return [];
  const unblocks = await store.listUnblocks(run, { from: run.endedAt, to: now });
  return unblocks
    .filter(({ number }) => number === run.number)
    .map(({ at, by, reason }) => ({
      at,
      what: "let pass: it holds up its workflow no longer",
      by,
      why: reason,
    }));
}

/** What belongs to no entry of the journal, after all that do, in order. */
async function readAfterwards(store: TimelineStore, run: RunRow, now: number): Promise<readonly Hold[]> {
  const [passed, alerts] = await Promise.all([readLetPass(store, run, now), readAlerts(store, run)]);
  return [...passed, ...alerts].sort((one, other) => one.at - other.at);
}

/** Who was told of the run, and who was not, after all that has happened to it. */
async function readAlerts(store: TimelineStore, run: RunRow): Promise<readonly Hold[]> {
  const alerts = await store.listAlertsOfRun(run.id);
  return alerts.map(({ state, channel, to, occasion, createdAt, toldAt, error }) => ({
    at: toldAt ?? createdAt,
    what: `${ALERT_STATES[state]} ${channel === "slack" ? to : `${channel} ${to}`} (${occasion})`,
    by: null,
    why: error,
  }));
}

const ALERT_STATES: Readonly<Record<AlertState, string>> = {
  waiting: "to be told:",
  told: "told",
  given_up: "could not be told:",
};

function holdsOf(
  { by, reason, at, resumed }: WorkflowPauseRow,
  { from, to }: Pick<Queued, "from" | "to">,
): readonly Hold[] {
  if (at > to || (resumed !== null && resumed.at < from)) return [];
  const paused = { at: Math.max(at, from), what: "held: its workflow is paused", by, why: reason };
  if (resumed === null || resumed.at > to) return [paused];
  return [paused, { at: resumed.at, what: "its workflow was resumed", by: resumed.by, why: resumed.reason }];
}

function unblockLine(run: RunRow, { number, at, by, reason }: UnblockRow): Hold {
  return {
    at,
    what: `its workflow was unblocked: run #${number} of ${run.workflow} holds it up no longer`,
    by,
    why: reason,
  };
}

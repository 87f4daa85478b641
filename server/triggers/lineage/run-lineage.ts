import type { RunTrigger, SignalOrigin } from "../../store/run-trigger.js";
import type { HistoricSignal } from "../../store/signal-history.js";
import type { RunRow, Store } from "../../store/store.js";
import { LINKS_MAX, walk } from "./walk.js";

/** A run has made another one act. */
export interface RunLink {
  /** Null for a signal from outside, or where the run is no longer kept. */
  readonly from: RunRow | null;
  readonly to: RunRow;
  readonly via: "signal" | "end" | "step";
  /** `at` is null where only the run knows of it still. */
  readonly signal: (Pick<HistoricSignal, "id" | "signal" | "params"> & { readonly at: number | null }) | null;
  /** Of `to`, which waited for the signal; or of `from`, which has started `to`. Null where a trigger did. */
  readonly step: string | null;
}

/** The runs around one. */
export interface RunLineage {
  readonly upstream: readonly (RunLink & { readonly distance: number })[];
  readonly downstream: readonly (RunLink & { readonly distance: number })[];
  /** What the run itself has emitted and nobody has used. */
  readonly unheard: readonly HistoricSignal[];
  /** There are more than are told. */
  readonly isCut: boolean;
}

type Rows = Pick<
  Store,
  "findRun" | "listUsedSignals" | "listEmittedSignals" | "listSignalUses" | "listFollowingRuns"
>;

/** What has led to a run, and what came of it, up to `depth` links away. */
export async function lineageOfRun(store: Rows, run: RunRow, depth: number): Promise<RunLineage> {
  const keyOf = ({ id }: RunRow): string => id;
  const unheard: HistoricSignal[] = [];
  const upstream = await walk<RunRow, RunLink>(run, {
    depth,
    keyOf,
    linksOf: (to) => linksTo(store, to),
    next: ({ from }) => from,
  });
  const downstream = await walk<RunRow, RunLink>(run, {
    depth,
    keyOf,
    linksOf: (from) => linksFrom(store, from, from === run ? unheard : []),
    next: ({ to }) => to,
  });
  return {
    upstream: upstream.links,
    downstream: downstream.links,
    unheard,
    isCut: upstream.isCut || downstream.isCut,
  };
}

interface Links {
  readonly links: readonly RunLink[];
  readonly isCut: boolean;
}

async function linksTo(store: Rows, to: RunRow): Promise<Links> {
  const used = await store.listUsedSignals(to.id, LINKS_MAX);
  const signals = used.map(async ({ signalId, path, signal }): Promise<RunLink> => {
    const from = await findEmitter(store, signal);
    const told = signal ?? { ...originOf(to.trigger, signalId), id: signalId, at: null };
    const { id, params, at } = told;
    return {
      from,
      to,
      via: "signal",
      signal: { id, signal: told.signal, params, at },
      step: path === "" ? null : path,
    };
  });
  return {
    links: [...(await linkToCause(store, to)), ...(await Promise.all(signals))],
    isCut: used.length === LINKS_MAX,
  };
}

async function findEmitter(store: Rows, signal: HistoricSignal | null): Promise<RunRow | null> {
  return signal === null || signal.runId === null ? null : store.findRun(signal.runId);
}

/** The run whose end, or whose step, has started this one. */
async function linkToCause(store: Rows, to: RunRow): Promise<readonly RunLink[]> {
  const { trigger } = to;
  if (trigger.kind !== "workflow" && trigger.kind !== "step") return [];
  return [{ from: await store.findRun(trigger.runId), to, ...wayOf(trigger) }];
}

function wayOf(trigger: RunTrigger): Pick<RunLink, "via" | "signal" | "step"> {
  if (trigger.kind === "step") return { via: "step", signal: null, step: trigger.path };
  return { via: "end", signal: null, step: null };
}

/** A run knows the signals that started it, also when they are gone; of those that opened gates nothing is left then. */
function originOf(trigger: RunTrigger, id: number): Pick<SignalOrigin, "signal" | "params"> {
  const origins =
    trigger.kind === "signal" ? [trigger] : trigger.kind === "all" ? Object.values(trigger.signals) : [];
  return origins.find(({ signalId }) => signalId === id) ?? { signal: "", params: {} };
}

async function linksFrom(store: Rows, from: RunRow, unheard: HistoricSignal[]): Promise<Links> {
  const [following, emitted] = await Promise.all([
    store.listFollowingRuns(from.id, LINKS_MAX),
    store.listEmittedSignals(from.id, LINKS_MAX),
  ]);
  const uses = await Promise.all(
    emitted.map(async (signal) => ({
      signal,
      uses: await store.listSignalUses(signal.id, { limit: LINKS_MAX }),
    })),
  );
  unheard.push(...uses.filter((one) => one.uses.length === 0).map(({ signal }) => signal));
  const bySignals = uses.flatMap(({ signal: { id, signal, params, at }, uses: found }) =>
    found.map(({ run, path }): RunLink => ({
      from,
      to: run,
      via: "signal",
      signal: { id, signal, params, at },
      step: path === "" ? null : path,
    })),
  );
  const lists = [following, emitted, ...uses.map((one) => one.uses)];
  return {
    links: [...following.map((to): RunLink => ({ from, to, ...wayOf(to.trigger) })), ...bySignals],
    isCut: lists.some((rows) => rows.length === LINKS_MAX),
  };
}

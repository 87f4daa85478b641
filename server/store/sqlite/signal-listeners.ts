import { matchesSignal, type SignalMatch } from "@headwater/workflow";
import type { NewSignal, WorkflowKey, WorkflowRow } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { stretchesMet, type KnownShapes } from "./listener-shapes.js";
import { IS_OF_KEYS, keysText, keyText, selectWorkflows } from "./workflows.js";

type Heard = Pick<NewSignal, "signal" | "params" | "environment">;

/** A workflow that hears a signal. */
export interface Listener extends WorkflowKey {
  /** That of the signal among those that were asked about. */
  readonly place: number;
}

export interface ListenerQuery {
  readonly signals: readonly Heard[];
  readonly limit?: number;
  readonly offset?: number;
}

export interface ListenerPage {
  /** So many the index finds: where that is the limit, there may be more. */
  readonly found: number;
  /** Of those, whose other conditions hold, too. */
  readonly listeners: readonly Listener[];
}

/** For each signal the live workflows of its environment of which a trigger hears it, by project, environment and id; `if` is not asked. */
export async function listSignalListeners(
  connection: Connection,
  shapes: KnownShapes,
  signals: readonly Heard[],
): Promise<readonly (readonly WorkflowRow[])[]> {
  const { listeners } = await findListeners(connection, shapes, { signals });
  const workflows = await listLive(connection, listeners);
  const heard = signals.map(() => new Set<string>());
  for (const listener of listeners) heard[listener.place]?.add(keyText(listener));
  return heard.map((names) => pick(workflows, names));
}

/** Those that hear one of the signals, of a page of those that the index finds; without a limit, of all. */
export async function findListeners(
  connection: Connection,
  shapes: KnownShapes,
  { signals, limit = -1, offset = 0 }: ListenerQuery,
): Promise<ListenerPage> {
  const stretches = await stretchesMet(connection, shapes, signals);
  if (stretches.length === 0) return { found: 0, listeners: [] };
  const found = await connection.all<Listener & { readonly residue: JsonText<Residue> | null }>(
    `SELECT heard.value->>0 AS place, project, environment, workflow, residue
     FROM jsonb_each(?) AS heard CROSS JOIN signal_listener AS listener
       ON signal = heard.value->>1 AND environment = heard.value->>2 AND shape = heard.value->>3 AND wanted = heard.value->>4
       AND bound BETWEEN heard.value->>5 AND heard.value->>6
     WHERE until IS NULL OR until >= heard.value->>7 LIMIT ? OFFSET ?`,
    [
      JSON.stringify(
        stretches.map(({ place, shape, wanted, low, high, at }) => {
          const { signal, environment } = signals[place] ?? {};
          return [place, signal, environment, shape, wanted, low, high, at];
        }),
      ),
      limit,
      offset,
    ],
  );
  const listeners = found.filter(({ place, residue }) => holds(residue, signals[place]));
  return { found: found.length, listeners };
}

type Residue = readonly (readonly SignalMatch[])[];

/** Whether what the index cannot say lets the signal pass. */
function holds(residue: JsonText<Residue> | null, signal: Heard | undefined): boolean {
  if (residue === null) return true;
  return signal !== undefined && parseColumn(residue).some((match) => matchesSignal(match, signal.params));
}

/** By name, in the order in which they are told. */
async function listLive(
  connection: Connection,
  keys: readonly WorkflowKey[],
): Promise<ReadonlyMap<string, { readonly order: number; readonly row: WorkflowRow }>> {
  if (keys.length === 0) return new Map();
  const rows = await selectWorkflows(
    connection,
    `WHERE ${IS_OF_KEYS} AND w.removed_at IS NULL ORDER BY w.project, w.environment, w.workflow`,
    [keysText(keys)],
  );
  return new Map(rows.map((row, order) => [keyText(row), { order, row }]));
}

function pick(
  workflows: Awaited<ReturnType<typeof listLive>>,
  names: ReadonlySet<string>,
): readonly WorkflowRow[] {
  return [...names]
    .flatMap((name) => workflows.get(name) ?? [])
    .sort((one, other) => one.order - other.order)
    .map(({ row }) => row);
}

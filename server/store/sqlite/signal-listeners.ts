import { keyOfSignal, type ListenerKey } from "../listener-key.js";
import type { NewSignal, WorkflowKey, WorkflowRow } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import { IS_OF_KEYS, keysText, keyText, selectWorkflows } from "./workflows.js";

type Heard = Pick<NewSignal, "signal" | "params" | "environment">;

interface HeardKey extends ListenerKey, Pick<Heard, "signal" | "environment"> {
  readonly place: number;
}

/** For each signal the live workflows of its environment of which a trigger may hear it, by project, environment and id. */
export async function listSignalListeners(
  connection: Connection,
  signals: readonly Heard[],
): Promise<readonly (readonly WorkflowRow[])[]> {
  const keys = await listHeardKeys(connection, signals);
  if (keys.length === 0) return signals.map(() => []);
  const listeners = await connection.all<WorkflowKey & { readonly place: number }>(
    `SELECT DISTINCT heard.value->>'place' AS place, project, environment, workflow
     FROM json_each(?) AS heard CROSS JOIN signal_listener AS listener
       ON listener.signal = heard.value->>'signal' AND shape = heard.value->>'shape' AND wanted = heard.value->>'wanted'
       AND environment = heard.value->>'environment'`,
    [JSON.stringify(keys)],
  );
  const workflows = await listLive(connection, listeners);
  const heard = signals.map(() => new Set<string>());
  for (const listener of listeners) heard[listener.place]?.add(keyText(listener));
  return heard.map((names) => pick(workflows, names));
}

/** Where those stand that may hear one of the signals: to be joined with `signal_listener`. `place` is that of the signal. */
export async function listHeardKeys(
  connection: Connection,
  signals: readonly Heard[],
): Promise<readonly HeardKey[]> {
  const shapes = await listShapes(connection, signals);
  return signals.flatMap(({ signal, params, environment }, place) =>
    (shapes.get(signal) ?? []).flatMap((names) => {
      const key = keyOfSignal(names, params);
      return key === null ? [] : [{ ...key, signal, environment, place }];
    }),
  );
}

/** The shapes of each signal's listeners, each found by one step through the index: few, even where listeners are many. */
async function listShapes(
  connection: Connection,
  signals: readonly Heard[],
): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> {
  const rows = await connection.all<{
    readonly signal: string;
    readonly shape: JsonText<readonly string[]>;
  }>(
    `WITH RECURSIVE shapes (signal, shape) AS (
       SELECT value, (SELECT min(shape) FROM signal_listener WHERE signal = value) FROM json_each(?)
       UNION ALL
       SELECT signal, (SELECT min(listener.shape) FROM signal_listener AS listener
                       WHERE listener.signal = shapes.signal AND listener.shape > shapes.shape)
       FROM shapes WHERE shape IS NOT NULL)
     SELECT signal, shape FROM shapes WHERE shape IS NOT NULL`,
    [JSON.stringify([...new Set(signals.map(({ signal }) => signal))])],
  );
  const shapes = new Map<string, (readonly string[])[]>();
  for (const { signal, shape } of rows)
    shapes.set(signal, [...(shapes.get(signal) ?? []), parseColumn(shape)]);
  return shapes;
}

/** By name, in the order in which they are told. */
async function listLive(
  connection: Connection,
  keys: readonly WorkflowKey[],
): Promise<ReadonlyMap<string, { readonly order: number; readonly row: WorkflowRow }>> {
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

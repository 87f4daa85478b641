import type { Json } from "@headwater/workflow";
import { keyOfSignal } from "../listener-key.js";
import { stretchesOf, UNBOUNDED, type Stretch } from "../listener-range.js";
import type { NewSignal } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";
import type { ListenerShape } from "./listener-rows.js";
import type { SinceDeployment } from "./since-deployment.js";

type Heard = Pick<NewSignal, "signal" | "params" | "environment">;

/** Where in the index of listeners those stand that may hear a signal. */
export interface MetStretch extends Stretch {
  /** That of the signal among those that were asked about. */
  readonly place: number;
  readonly shape: string;
  readonly wanted: string;
}

/** The shapes of the listeners to one signal in one environment, by the names of the params that must be equal, one after the other. */
interface ShapeNode {
  readonly shapes: { readonly text: string; readonly shape: ListenerShape }[];
  readonly next: Map<string, ShapeNode>;
}

/** By name and environment of the signal. */
export type KnownShapes = SinceDeployment<ShapeNode>;

/** The places of the index that the signals meet. Shapes that ask for params that a signal lacks are not looked at. */
export async function stretchesMet(
  connection: Connection,
  known: KnownShapes,
  signals: readonly Heard[],
): Promise<readonly MetStretch[]> {
  const names = new Map(signals.map((signal) => [nameOf(signal), signal]));
  const roots = new Map(
    await Promise.all(
      [...names].map(async ([name, signal]) => {
        const root = await known.find(name, () => readShapes(connection, signal));
        return [name, root] as const;
      }),
    ),
  );
  return signals.flatMap((signal, place) => {
    const root = roots.get(nameOf(signal));
    return root === undefined ? [] : stretchesIn(root, place, signal.params);
  });
}

/** The name of a signal cannot hold a space. */
function nameOf({ signal, environment }: Heard): string {
  return `${signal} ${environment}`;
}

function stretchesIn(root: ShapeNode, place: number, params: Heard["params"]): readonly MetStretch[] {
  return shapesIn(root, Object.keys(params).sort()).flatMap(({ text, shape: [names, range] }) => {
    const key = keyOfSignal(names, params);
    if (key === null) return [];
    const stretches = range === null ? [UNBOUNDED] : stretchesOf(range[1], valueOf(range[0], params));
    return stretches.map(({ low, high, at }) => ({ place, shape: text, wanted: key.wanted, low, high, at }));
  });
}

function valueOf(param: string, params: Heard["params"]): Json | undefined {
  return Object.hasOwn(params, param) ? params[param] : undefined;
}

/** @param names sorted, as those of a shape are; one may be asked for twice */
function shapesIn({ shapes, next }: ShapeNode, names: readonly string[]): ShapeNode["shapes"] {
  if (next.size === 0) return shapes;
  const further = names.flatMap((name, place) => {
    const node = next.get(name);
    return node === undefined ? [] : shapesIn(node, names.slice(place));
  });
  return [...shapes, ...further];
}

/** Each found by one step through the index. */
async function readShapes(
  connection: Connection,
  { signal, environment }: Pick<Heard, "signal" | "environment">,
): Promise<ShapeNode> {
  const rows = await connection.all<{ readonly shape: JsonText<ListenerShape> }>(
    `WITH RECURSIVE shapes (shape) AS (
       SELECT min(shape) FROM signal_listener WHERE signal = ?1 AND environment = ?2
       UNION ALL
       SELECT (SELECT min(listener.shape) FROM signal_listener AS listener
               WHERE signal = ?1 AND environment = ?2 AND listener.shape > shapes.shape)
       FROM shapes WHERE shape IS NOT NULL)
     SELECT shape FROM shapes WHERE shape IS NOT NULL`,
    [signal, environment],
  );
  const root: ShapeNode = { shapes: [], next: new Map() };
  for (const { shape: text } of rows) {
    const shape = parseColumn(text);
    nodeOf(root, shape[0]).shapes.push({ text, shape });
  }
  return root;
}

function nodeOf(root: ShapeNode, names: readonly string[]): ShapeNode {
  return names.reduce((node, name) => {
    const known = node.next.get(name) ?? { shapes: [], next: new Map() };
    node.next.set(name, known);
    return known;
  }, root);
}

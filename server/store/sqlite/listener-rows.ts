import { completeTrigger, type SignalMatch, type Trigger } from "@headwater/workflow";
import { heardBy } from "../heard-signals.js";
import { listenerKeys } from "../listener-key.js";
import { listenerRange, type ListenerRange } from "../listener-range.js";
import type { WorkflowKey } from "../store.js";
import type { Connection } from "./connection.js";
import { parseColumn, type JsonText } from "./json-column.js";

/** What the triggers of a workflow listen to; those of one environment. */
export interface Listening extends WorkflowKey {
  readonly triggers: readonly Trigger[];
}

/** Listeners that stand at one place of the index: the params that must be equal, then what `ListenerRange` says. */
export type ListenerShape = readonly [names: readonly string[], range: RangeShape | null];
type RangeShape = readonly [ListenerRange["param"], ListenerRange["side"]];

interface ListenerRow extends WorkflowKey {
  readonly signal: string;
  readonly shape: string;
  readonly wanted: string;
  readonly bound: string;
  readonly until: string | null;
  /** Those of one must hold as well; null where nothing else must. */
  readonly residue: readonly (readonly SignalMatch[])[] | null;
}

/** Raised with each change of the rows that a trigger has. */
const RULES = 1;

const WORKFLOWS_A_PAGE = 500;

/** Adds the listeners of workflows that have none. */
export async function insertListeners(
  connection: Connection,
  workflows: readonly Listening[],
): Promise<void> {
  const rows = workflows.flatMap(rowsOf);
  if (rows.length === 0) return;
  await connection.run(
    `INSERT INTO signal_listener (signal, environment, shape, wanted, bound, project, workflow, until, residue)
     SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8
     FROM jsonb_each(?)`,
    [
      JSON.stringify(
        rows.map(({ signal, environment, shape, wanted, bound, project, workflow, until, residue }) => [
          signal,
          environment,
          shape,
          wanted,
          bound,
          project,
          workflow,
          until,
          residue === null ? null : JSON.stringify(residue),
        ]),
      ),
    ],
  );
}

/** Writes all listeners anew where another build has made them by other rules. All of it or nothing. */
export async function renewListeners(connection: Connection): Promise<void> {
  const [rules] = await connection.all<{ readonly version: number }>("SELECT version FROM listener_rules");
  if (rules?.version === RULES) return;
  await connection.exec("BEGIN IMMEDIATE");
  try {
    await connection.run("DELETE FROM signal_listener");
    let last: WorkflowKey | undefined;
    do {
      const page = await listListening(connection, last);
      await insertListeners(connection, page);
      last = page.at(-1);
    } while (last !== undefined);
    await connection.run("UPDATE listener_rules SET version = ?", [RULES]);
    await connection.exec("COMMIT");
  } catch (error) {
    await connection.exec("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** A page of what lives and hears signals, where triggers are not off. */
async function listListening(
  connection: Connection,
  after: WorkflowKey | undefined,
): Promise<readonly Listening[]> {
  const records = await connection.all<WorkflowKey & { readonly triggers: JsonText<readonly Trigger[]> }>(
    `SELECT live.project, live.environment, live.workflow, definition->'$.triggers' AS triggers
     FROM workflow AS live JOIN version ON version.id = live.version_id JOIN project USING (project, environment)
     WHERE (live.project, live.environment, live.workflow) > (?, ?, ?) AND removed_at IS NULL
       AND EXISTS (SELECT 1 FROM json_each(definition, '$.triggers') AS trigger WHERE trigger.value->>'kind' <> 'schedule')
       AND NOT EXISTS (SELECT 1 FROM json_each(settings, '$.environments') AS declared
                       WHERE declared.key = live.environment AND NOT declared.value->>'triggers')
     ORDER BY live.project, live.environment, live.workflow LIMIT ${WORKFLOWS_A_PAGE}`,
    [after?.project ?? "", after?.environment ?? "", after?.workflow ?? ""],
  );
  return records.map(({ triggers, ...key }) => ({
    ...key,
    triggers: parseColumn(triggers).map(completeTrigger),
  }));
}

/** One row for each place at which the workflow stands, whatever the number of its triggers there. */
function rowsOf({ triggers, project, environment, workflow }: Listening): readonly ListenerRow[] {
  const rows = new Map<string, ListenerRow>();
  for (const trigger of triggers) {
    for (const { signal, match } of heardBy(trigger, { project, environment })) {
      const { names, wanted, left } = listenerKeys(match);
      const range = listenerRange(left);
      const shape: ListenerShape = [names, range === null ? null : [range.param, range.side]];
      const residue = left.length === 0 ? null : [left];
      const { bound, until } = range ?? { bound: "", until: null };
      const of = {
        signal,
        shape: JSON.stringify(shape),
        bound,
        until,
        residue,
        project,
        environment,
        workflow,
      };
      for (const values of wanted) {
        const place = JSON.stringify([signal, of.shape, values, bound]);
        rows.set(place, eitherOf(rows.get(place), { wanted: values, ...of }));
      }
    }
  }
  return [...rows.values()];
}

/** A row that lets pass what one of the two lets pass. */
function eitherOf(one: ListenerRow | undefined, other: ListenerRow): ListenerRow {
  if (one === undefined) return other;
  const isUnbounded = one.until === null || other.until === null;
  const until = isUnbounded || one.until > other.until ? one.until : other.until;
  const residue = one.residue === null || other.residue === null ? null : [...one.residue, ...other.residue];
  return { ...other, until: isUnbounded ? null : until, residue };
}

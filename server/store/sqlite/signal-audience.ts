import { matchesSignal } from "@headwater/workflow";
import { heardBy } from "../heard-signals.js";
import { AUDIENCE_MAX, type MeantSignal, type SentSignals, type FoundAudience } from "../signal-audience.js";
import type { Connection, SqlValue } from "./connection.js";
import { listHeardKeys } from "./signal-listeners.js";
import { findVersions } from "./workflows.js";

/** So many names on each side of one that nobody hears are those that may have been meant. */
const NEIGHBOURS_MAX = 50;

/** Of so few it is asked whether the other conditions hold, too: whoever sends a signal waits for the answer. */
const ASKED_MAX = 10;

/** See `LineageRows`. */
export async function findSignalAudience(connection: Connection, sent: SentSignals): Promise<FoundAudience> {
  const [triggers, gates] = await Promise.all([
    countTriggers(connection, sent),
    countMentions(connection, { ...sent, role: "waits" }),
  ]);
  const meant = triggers + gates > 0 ? null : await findMeant(connection, sent);
  return { triggers, gates, meant };
}

async function countTriggers(connection: Connection, sent: SentSignals): Promise<number> {
  const { signal, environment, params } = sent;
  const keys = await listHeardKeys(
    connection,
    params.map((one) => ({ signal, environment, params: one })),
  );
  if (keys.length === 0) return 0;
  const found = await connection.all<Listener>(
    `SELECT DISTINCT listener.project, listener.workflow, live.version_id AS versionId
     FROM json_each(?) AS heard CROSS JOIN signal_listener AS listener
       ON listener.signal = heard.value->>'signal' AND shape = heard.value->>'shape' AND wanted = heard.value->>'wanted'
       AND listener.environment = heard.value->>'environment'
     JOIN workflow AS live USING (project, environment, workflow)
     LIMIT ${AUDIENCE_MAX}`,
    [JSON.stringify(keys)],
  );
  return found.length > ASKED_MAX ? found.length : countHearing(connection, found, sent);
}

interface Listener {
  readonly project: string;
  readonly versionId: string;
}

/** How many of these have a trigger all of whose conditions one of the signals meets. */
async function countHearing(
  connection: Connection,
  listeners: readonly Listener[],
  { signal, environment, params }: SentSignals,
): Promise<number> {
  const versions = await findVersions(
    connection,
    listeners.map(({ versionId }) => versionId),
  );
  const hearing = listeners.filter(({ project }, place) =>
    versions[place]?.definition.triggers
      .flatMap((trigger) => heardBy(trigger, { project, environment }))
      .some((heard) => heard.signal === signal && params.some((one) => matchesSignal(heard.match, one))),
  );
  return hearing.length;
}

/** By `mention_by_environment`. */
function countMentions(
  connection: Connection,
  { signal, environment, role }: Omit<SentSignals, "params"> & { readonly role: "starts" | "waits" },
): Promise<number> {
  return count(
    connection,
    "SELECT project, name FROM mention WHERE subject = ? AND role = ? AND environment = ?",
    [signal, role, environment],
  );
}

async function count(connection: Connection, select: string, params: readonly SqlValue[]): Promise<number> {
  const [row] = await connection.all<{ readonly number: number }>(
    `SELECT count(*) AS number FROM (${select} LIMIT ${AUDIENCE_MAX})`,
    params,
  );
  return row?.number ?? 0;
}

async function findMeant(connection: Connection, sent: SentSignals): Promise<MeantSignal> {
  const [otherParams, environments, off, deployed, before, after] = await Promise.all([
    countMentions(connection, { ...sent, role: "starts" }),
    listEnvironmentsThatHear(connection, sent.signal),
    listOff(connection, sent.environment),
    connection.all<{ readonly name: string }>(
      "SELECT DISTINCT environment AS name FROM project ORDER BY name",
    ),
    listNeighbours(connection, sent.signal, { step: "max", isBeyond: "<" }),
    listNeighbours(connection, sent.signal, { step: "min", isBeyond: ">" }),
  ]);
  return {
    otherParams,
    environments,
    off: off.map(({ project }) => project),
    deployed: deployed.map(({ name }) => name),
    names: [...before, ...after],
  };
}

/** The name of an environment may be any text, so it is compared and never part of a path. */
function listOff(
  connection: Connection,
  environment: string,
): Promise<readonly { readonly project: string }[]> {
  return connection.all(
    `SELECT project FROM project
     WHERE environment = ?1 AND EXISTS (
       SELECT 1 FROM json_each(settings, '$.environments') WHERE key = ?1 AND NOT value->>'triggers')
     ORDER BY project`,
    [environment],
  );
}

/** Each found by one step through `mention_by_environment`. */
async function listEnvironmentsThatHear(connection: Connection, signal: string): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly environment: string }>(
    `WITH RECURSIVE heard (role, environment) AS (
       SELECT value, (SELECT min(environment) FROM mention WHERE subject = ?1 AND role = value)
       FROM json_each('["starts", "waits"]')
       UNION ALL
       SELECT role, (SELECT min(mention.environment) FROM mention
                     WHERE subject = ?1 AND mention.role = heard.role AND mention.environment > heard.environment)
       FROM heard WHERE environment IS NOT NULL)
     SELECT DISTINCT environment FROM heard WHERE environment IS NOT NULL ORDER BY environment`,
    [signal],
  );
  return rows.map(({ environment }) => environment);
}

/** The names beside this one that something hears, each found by one step through the primary key. */
async function listNeighbours(
  connection: Connection,
  signal: string,
  { step, isBeyond }: { readonly step: "min" | "max"; readonly isBeyond: "<" | ">" },
): Promise<readonly string[]> {
  const rows = await connection.all<{ readonly name: string }>(
    `WITH RECURSIVE neighbours (name, place) AS (
       SELECT ?1, 0
       UNION ALL
       SELECT (SELECT ${step}(subject) FROM mention WHERE subject ${isBeyond} neighbours.name), place + 1
       FROM neighbours WHERE name IS NOT NULL AND place < ${NEIGHBOURS_MAX})
     SELECT name FROM neighbours
     WHERE place > 0 AND EXISTS (SELECT 1 FROM mention WHERE subject = neighbours.name AND role IN ('starts', 'waits'))`,
    [signal],
  );
  return rows.map(({ name }) => name);
}

import { AUDIENCE_MAX, type MeantSignal, type SentSignals, type FoundAudience } from "../signal-audience.js";
import type { Access } from "./access.js";
import type { Connection, SqlValue } from "./connection.js";
import type { KnownShapes } from "./listener-shapes.js";
import { findListeners } from "./signal-listeners.js";
import { SinceDeployment } from "./since-deployment.js";
import { keyText } from "./workflows.js";

/** So many names on each side of one that nobody hears are those that may have been meant. */
const NEIGHBOURS_MAX = 50;

/** Of so many that the index finds it is asked at once whether their other conditions hold, too. */
const ASKED_AT_ONCE = 10 * AUDIENCE_MAX;

/** What does not change until something else is deployed, by name and environment of the signal. */
export interface KnownAudiences {
  readonly shapes: KnownShapes;
  readonly gates: SinceDeployment<number>;
  readonly meant: SinceDeployment<MeantSignal>;
}

/** Nothing is known yet. */
export function knownAudiences(): KnownAudiences {
  return { shapes: new SinceDeployment(), gates: new SinceDeployment(), meant: new SinceDeployment() };
}

/** For writes after which something else is deployed: it may be asked for as soon as they are answered. */
export function forgetAudiencesAfter(
  write: Access["write"],
  { shapes, gates, meant }: KnownAudiences,
): Access["write"] {
  return async (work) => {
    try {
      return await write(work);
    } finally {
      for (const answers of [shapes, gates, meant]) answers.forget();
    }
  };
}

/** See `LineageRows`. */
export async function findSignalAudience(
  connection: Connection,
  known: KnownAudiences,
  sent: SentSignals,
): Promise<FoundAudience> {
  const { signal, environment } = sent;
  const name = `${signal} ${environment}`;
  const [triggers, gates] = await Promise.all([
    countTriggers(connection, known.shapes, sent),
    known.gates.find(name, () => countMentions(connection, { signal, environment, role: "waits" })),
  ]);
  if (triggers + gates > 0) return { triggers, gates, meant: null };
  return { triggers, gates, meant: await known.meant.find(name, () => findMeant(connection, sent)) };
}

/** Workflows, also where several of the signals are for one. All are asked before fewer than are counted are told, or none. */
async function countTriggers(
  connection: Connection,
  shapes: KnownShapes,
  { signal, environment, params }: SentSignals,
): Promise<number> {
  const signals = params.map((one) => ({ signal, environment, params: one }));
  const heard = new Set<string>();
  for (let offset = 0; ;) {
    // Larger ones as they go on, as each passes over those before.
    const limit = Math.max(ASKED_AT_ONCE, Math.min(offset, 10 * ASKED_AT_ONCE));
    const { found, listeners } = await findListeners(connection, shapes, { signals, limit, offset });
    for (const listener of listeners) heard.add(keyText(listener));
    if (found < limit || heard.size >= AUDIENCE_MAX) return Math.min(heard.size, AUDIENCE_MAX);
    offset += found;
  }
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

async function findMeant(
  connection: Connection,
  sent: Pick<SentSignals, "signal" | "environment">,
): Promise<MeantSignal> {
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

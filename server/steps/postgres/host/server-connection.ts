import { Client, DatabaseError } from "pg";
import { Socket } from "node:net";
import { LogWriter } from "../../../logs/log-writer.js";
import { createMask } from "../../../logs/mask.js";
import { DatabaseUnavailable } from "../../databases/query-host.js";
import { QueryProblem } from "../../databases/query-problem.js";
import { checkedLookup } from "../../http/address.js";
import type { DatabaseServer, SqlAnswer, SqlQuery } from "../../sql-host.js";
import { PostgresExecution } from "./execution.js";
import { isServersFault, messageOf } from "./failure.js";
import { readServerAddress, type ServerAddress } from "./server-address.js";

const CONNECT_WITHIN_MS = 10_000;
/** So often the server asks whether the one who waits for its answer is there still: who is killed leaves no query behind. */
const NOTICE_LOSS = "set client_connection_check_interval = '5s'";
/** A query means the same whatever the server's own settings; `toJson` and `splitStatements` read these forms. */
const SETTINGS =
  "set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'iso_8601'; set standard_conforming_strings = on";

/** Asks on a connection of the query's own: sessions, temporary tables and settings are nobody else's. @throws DatabaseUnavailable */
export async function executeOnServer(query: SqlQuery, stop: AbortSignal): Promise<SqlAnswer> {
  const mask = createMask(query.masks);
  const log = new LogWriter({
    file: query.logFile,
    maxBytes: query.maxLogBytes,
    masks: query.masks,
    now: () => Date.now(),
  });
  try {
    if (query.server === null) throw new QueryProblem("Cannot connect: the query names no server");
    const address = readServerAddress(query.server.url, query.server.password);
    const client = await connect(address, query.server, stop);
    return await new PostgresExecution(client, { query, address, log }).run(stop);
  } catch (error) {
    const message = mask(stop.aborted ? "Interrupted" : messageOf(error));
    log.writeLine("err", message);
    if (isServersFault(error) && !stop.aborted) throw new DatabaseUnavailable(message, { cause: error });
    return { kind: "failed", message };
  } finally {
    log.end();
  }
}

async function connect(
  address: ServerAddress,
  { applicationName }: DatabaseServer,
  stop: AbortSignal,
): Promise<Client> {
  const { tls, options, password, ...place } = address;
  const socket = checkedSocket();
  const client = new Client({
    ...place,
    // For a password that is a text, an empty one too, pg asks the `.pgpass` of whoever runs the service.
    password: () => password,
    ssl: tls,
    ...(options === "" ? {} : { options }),
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    stream: () => socket,
    types: { getTypeParser: () => (text: string) => text },
  });
  // What happens to it while nothing is asked is told by what is asked next.
  client.on("error", () => undefined);
  const giveUp = (): void => void socket.destroy();
  stop.addEventListener("abort", giveUp, { once: true });
  try {
    await client.connect();
    await client.query(SETTINGS);
    await client.query(NOTICE_LOSS).catch((error: unknown) => {
      // Before PostgreSQL 14 there was no such setting.
      if (!(error instanceof DatabaseError)) throw error;
    });
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  } finally {
    stop.removeEventListener("abort", giveUp);
  }
}

/** A socket that refuses addresses at the moment of connecting, as steps of kind `http` do; private ones are where databases are. */
function checkedSocket(): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  return Object.assign(socket, {
    connect: (port: number | string, host?: string) =>
      typeof port === "string"
        ? connect({ path: port })
        : connect({ port, host: host ?? "localhost", lookup: checkedLookup }),
  });
}

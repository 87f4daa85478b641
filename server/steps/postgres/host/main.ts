import { serveQueries } from "../../databases/serve-queries.js";
import { executeOnServer } from "./server-connection.js";

/** The process that asks PostgreSQL for one project: a row as large as the memory must take nobody else along. */
serveQueries({ execute: executeOnServer, close: async () => undefined });

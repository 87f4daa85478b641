import { serveQueries } from "../../databases/serve-queries.js";
import { Database } from "./database.js";

/**
 * The process of one project's database: only one process may have a DuckDB file open, and a query that takes all memory must
 * take nobody else along.
 */
serveQueries(new Database());

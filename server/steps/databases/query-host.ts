import type { SqlAnswer, SqlQuery } from "../sql-host.js";
import type { HostReport, HostRequest } from "./protocol.js";

/** What a kind of database does. */
export interface Engine {
  /**
   * Runs all statements on a connection of the query's own; a failure of one is the answer, and the later ones are not run. Aborting `stop`
   * ends it soon, which is an answer of kind `failed`.
   * @throws DatabaseUnavailable
   */
  execute(query: SqlQuery, stop: AbortSignal): Promise<SqlAnswer>;
  /** Lets go of what it holds; nothing runs any more. */
  close(): Promise<void>;
}

/** The database could not be reached or opened; the message is for the user. */
export class DatabaseUnavailable extends Error {
  readonly code = "database-unavailable";

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "DatabaseUnavailable";
  }
}

/** Executes queries, several at once, and reports their answers. */
export class QueryHost {
  readonly #engine: Engine;
  readonly #report: (report: HostReport) => void;
  readonly #executing = new Map<number, AbortController>();

  constructor(engine: Engine, report: (report: HostReport) => void) {
    this.#engine = engine;
    this.#report = report;
  }

  perform(request: HostRequest): void {
    switch (request.kind) {
      case "query":
        return void this.#execute(request);
      case "interrupt":
        return this.#executing.get(request.id)?.abort();
    }
  }

  /** Interrupts what runs; closing an idle database writes its log into its file, which the next start would have to do. */
  async close(): Promise<void> {
    for (const stop of this.#executing.values()) stop.abort();
    if (this.#executing.size === 0) await this.#engine.close();
  }

  async #execute({ id, query }: Extract<HostRequest, { kind: "query" }>): Promise<void> {
    const stop = new AbortController();
    this.#executing.set(id, stop);
    this.#report({ kind: "started", id });
    try {
      this.#report({ kind: "ended", id, answer: await this.#engine.execute(query, stop.signal) });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      this.#report({ kind: "ended", id, answer: { kind: "unavailable", message: error.message } });
    } finally {
      this.#executing.delete(id);
    }
  }
}

import type { HostReport, HostRequest } from "../protocol.js";
import { Database, DatabaseUnavailable } from "./database.js";
import { Execution } from "./execution.js";

/** Executes queries on the database of the current folder, several at once, and reports their answers. */
export class DatabaseHost {
  readonly #report: (report: HostReport) => void;
  readonly #database = new Database();
  readonly #executions = new Map<number, Execution>();
  /** Queries that have not got their connection yet; the value says whether they were interrupted meanwhile. */
  readonly #connecting = new Map<number, boolean>();

  constructor(report: (report: HostReport) => void) {
    this.#report = report;
  }

  perform(request: HostRequest): void {
    switch (request.kind) {
      case "query":
        return void this.#execute(request);
      case "interrupt":
        if (this.#connecting.has(request.id)) this.#connecting.set(request.id, true);
        return this.#executions.get(request.id)?.interrupt();
    }
  }

  /** Interrupts what runs; closing an idle database writes its log into its file, which the next start would have to do. */
  async close(): Promise<void> {
    for (const execution of this.#executions.values()) execution.interrupt();
    if (this.#executions.size === 0) await this.#database.close();
  }

  async #execute({ id, query }: Extract<HostRequest, { kind: "query" }>): Promise<void> {
    this.#connecting.set(id, false);
    this.#report({ kind: "started", id });
    try {
      const execution = new Execution(await this.#database.connect(), query);
      this.#executions.set(id, execution);
      if (this.#connecting.get(id) === true) execution.interrupt();
      this.#connecting.delete(id);
      this.#report({ kind: "ended", id, answer: await execution.run() });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      this.#report({ kind: "ended", id, answer: { kind: "unavailable", message: error.message } });
    } finally {
      this.#connecting.delete(id);
      this.#executions.delete(id);
    }
  }
}

import type { Diagnostic } from "vscode-languageserver";
import type { DiagnosticsQuestions } from "./diagnostics-answers.js";
import { doInSlices } from "./timer.js";

/** After the last key: what somebody is still writing is not told to be wrong. */
const QUIET_MS = 80;

/** Tells the client what is wrong in all files, some time after the last change; of a file only when that is something else. */
export class DiagnosticsPublisher {
  readonly #options: DiagnosticsQuestions;
  readonly #told = new Map<string, string>();
  #cancel: () => void = () => undefined;
  #edition = 0;

  constructor(options: DiagnosticsQuestions) {
    this.#options = options;
  }

  /** Something changed; told at once when nobody is writing, such as a file that was opened. */
  schedule(quietMs: number = QUIET_MS): void {
    this.stop();
    const edition = this.#edition;
    const { timer, connection } = this.#options;
    this.#cancel = timer.after(quietMs, () => {
      this.#check(edition).catch((error: unknown) =>
        connection.console.error(`Cannot check: ${String(error)}`),
      );
    });
  }

  stop(): void {
    this.#edition += 1;
    this.#cancel();
  }

  async #check(edition: number): Promise<void> {
    const { checker, timer } = this.#options;
    const isWanted = (): boolean => edition === this.#edition;
    if (await checker.check(isWanted)) await doInSlices(this.#publish(), timer, isWanted);
  }

  /** @yields nothing, after each file */
  *#publish(): Generator<undefined, void> {
    const { service } = this.#options;
    const found = service.filesWithFindings();
    for (const uri of found) {
      this.#tell(uri, service.diagnosticsOf(uri));
      yield;
    }
    for (const uri of this.#told.keys()) if (!found.has(uri)) this.#tell(uri, []);
  }

  #tell(uri: string, diagnostics: Diagnostic[]): void {
    const content = JSON.stringify(diagnostics);
    if (this.#told.get(uri) === content) return;
    if (diagnostics.length === 0) this.#told.delete(uri);
    else this.#told.set(uri, content);
    void this.#options.connection.sendDiagnostics({ uri, diagnostics });
  }
}

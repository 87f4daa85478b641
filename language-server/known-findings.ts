import type { LanguageService } from "@headwater/language-server";
import { LSPErrorCodes, ResponseError, type CancellationToken, type Diagnostic } from "vscode-languageserver";
import type { Checker } from "./checker.js";
import { doInSlices, type Timer } from "./timer.js";

/** After the last key: what somebody is still writing is not told to be wrong, and no completion waits behind a check of it. */
const QUIET_MS = 80;

/** What is wrong with a file; the id names that, and none is needed for nothing. */
export interface FileFindings {
  readonly resultId?: string;
  readonly items: Diagnostic[];
}

export interface FindingsTools {
  readonly service: LanguageService;
  readonly checker: Checker;
  readonly timer: Timer;
}

interface FindingsOptions extends FindingsTools {
  /** Called with each file of which something else is known than before. */
  readonly found: (uri: string, items: Diagnostic[]) => void;
  readonly failed: (error: unknown) => void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What is wrong with all files, made in slices some time after the last change, and kept: who asks is answered from it, and who does not is sent what is new. */
export class KnownFindings {
  readonly #options: FindingsOptions;
  readonly #files = new Map<string, { readonly content: string; readonly findings: FileFindings }>();
  readonly #waiters = new Set<Waiter>();
  #cancel: () => void = () => undefined;
  #wanted = 0;
  #isKnown = false;
  #edition = 0;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  /** Another number whenever something else was found. */
  get edition(): number {
    return this.#edition;
  }

  /** The addresses of files with findings. */
  get uris(): Iterable<string> {
    return this.#files.keys();
  }

  of(uri: string): FileFindings {
    return this.#files.get(uri)?.findings ?? { items: [] };
  }

  /** Something changed; looked at at once when nobody is writing, such as in a file that was opened. */
  schedule(quietMs: number = QUIET_MS): void {
    this.stop();
    const wanted = this.#wanted;
    this.#cancel = this.#options.timer.after(quietMs, () => {
      this.#look(() => wanted === this.#wanted).catch((error: unknown) => {
        this.#options.failed(error);
        for (const { reject } of this.#takeWaiters()) reject(error);
      });
    });
  }

  stop(): void {
    this.#wanted += 1;
    this.#isKnown = false;
    this.#cancel();
  }

  /**
   * Resolves once everything is known of the files as they are, and something else than at an edition.
   * @throws ResponseError when the client takes its question back
   */
  async whenKnown(token: CancellationToken, otherThan?: number): Promise<void> {
    while (!this.#isKnown || this.#edition === otherThan) {
      if (token.isCancellationRequested) throw canceled();
      await this.#nextLook(token);
    }
  }

  #nextLook(token: CancellationToken): Promise<void> {
    let forget = (): void => undefined;
    const looked = new Promise<void>((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiters.add(waiter);
      const canceling = token.onCancellationRequested(() => {
        this.#waiters.delete(waiter);
        reject(canceled());
      });
      forget = () => canceling.dispose();
    });
    // One question of the workspace may wait for thousands of looks.
    return looked.finally(() => forget());
  }

  async #look(isWanted: () => boolean): Promise<void> {
    const { checker, timer } = this.#options;
    if (!(await checker.check(isWanted))) return;
    await doInSlices(this.#compare(), timer, isWanted);
    if (!isWanted()) return;
    this.#isKnown = true;
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  /** @yields nothing, after each file */
  *#compare(): Generator<undefined, void> {
    const { service } = this.#options;
    const found = service.filesWithFindings();
    for (const uri of found) {
      this.#keep(uri, service.diagnosticsOf(uri));
      yield;
    }
    for (const uri of this.#files.keys()) if (!found.has(uri)) this.#keep(uri, []);
  }

  #keep(uri: string, items: Diagnostic[]): void {
    const content = JSON.stringify(items);
    if (content === (this.#files.get(uri)?.content ?? "[]")) return;
    this.#edition += 1;
    const resultId = String(this.#edition);
    if (items.length === 0) this.#files.delete(uri);
    else this.#files.set(uri, { content, findings: { resultId, items } });
    this.#options.found(uri, items);
  }

  #takeWaiters(): readonly Waiter[] {
    const taken = [...this.#waiters];
    this.#waiters.clear();
    return taken;
  }
}

function canceled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "Canceled before all was checked");
}

import type { LanguageService } from "@headwater/language-server";
import type { Connection } from "vscode-languageserver";
import type { Timer } from "./timer.js";

/** After the last key: what somebody is still writing is not told to be wrong. */
const QUIET_MS = 80;

/** Tells the client what is wrong in all files, some time after the last change; files are told of again only when it differs. */
export class DiagnosticsPublisher {
  readonly #options: {
    readonly connection: Connection;
    readonly service: LanguageService;
    readonly timer: Timer;
  };
  #cancel: () => void = () => undefined;
  readonly #told = new Map<string, string>();

  constructor(options: {
    readonly connection: Connection;
    readonly service: LanguageService;
    readonly timer: Timer;
  }) {
    this.#options = options;
  }

  /** Something changed. */
  schedule(): void {
    this.#cancel();
    this.#cancel = this.#options.timer.after(QUIET_MS, () => this.#publish());
  }

  stop(): void {
    this.#cancel();
  }

  #publish(): void {
    const { connection, service } = this.#options;
    const found = service.diagnostics();
    const gone = [...this.#told.keys()].filter((uri) => !found.has(uri));
    for (const [uri, diagnostics] of [...found, ...gone.map((uri) => [uri, []] as const)]) {
      const content = JSON.stringify(diagnostics);
      if (this.#told.get(uri) === content) continue;
      if (diagnostics.length === 0) this.#told.delete(uri);
      else this.#told.set(uri, content);
      void connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] });
    }
  }
}

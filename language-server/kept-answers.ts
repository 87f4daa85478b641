import { canonicalUri, type LanguageService, type ProjectFile } from "@headwater/language-server";
import type { Connection } from "vscode-languageserver";
import type { Checker } from "./checker.js";
import type { Timer } from "./timer.js";

/** After the last question: who writes asks again. */
const QUIET_MS = 80;

/** Sent with the address of a file, as it was asked for, of which more is known than was answered. */
const CHECKED = "headwater/checked";

interface KeptAnswer {
  readonly uri: string;
  readonly ask: (file: ProjectFile) => unknown;
  readonly content: string;
}

export interface KeptAnswersOptions {
  readonly connection: Connection;
  readonly service: LanguageService;
  readonly checker: Checker;
  readonly timer: Timer;
}

/** Answers that were given at once, from what was known of files that are open: whoever asked is told when more is. */
export class KeptAnswers {
  readonly #options: KeptAnswersOptions;
  readonly #kept = new Map<string, KeptAnswer>();
  #cancel: () => void = () => undefined;
  #edition = 0;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
    options.checker.onChecked(() => this.review());
    options.connection.onShutdown(() => this.#cancel());
  }

  /** The answer of now; null for a file that is not known. `what` names it. */
  answer<T>(what: string, uri: string, ask: (file: ProjectFile) => T): T | null {
    const { workspace } = this.#options.service;
    const found = workspace.find(canonicalUri(uri));
    const answer = found === null ? null : ask(found);
    if (found === null || !found.project.isOpen(found.path)) return answer;
    this.#kept.set(`${what} ${uri}`, { uri, ask, content: JSON.stringify(answer) });
    this.#checkSoon();
    return answer;
  }

  /** Looks which answers would be others now. Each is told of once: who wants to know asks again. */
  review(): void {
    const { connection, service } = this.#options;
    const told = new Set<string>();
    for (const [key, { uri, ask, content }] of this.#kept) {
      const found = service.workspace.find(canonicalUri(uri));
      const isOpen = found?.project.isOpen(found.path) === true;
      if (isOpen && JSON.stringify(ask(found)) === content) continue;
      this.#kept.delete(key);
      if (isOpen) told.add(uri);
    }
    for (const uri of told) void connection.sendNotification(CHECKED, { uri });
  }

  #checkSoon(): void {
    const { service, checker, timer, connection } = this.#options;
    this.#cancel();
    this.#edition += 1;
    const edition = this.#edition;
    if (service.isChecked()) return;
    this.#cancel = timer.after(QUIET_MS, () => {
      checker
        .check(() => edition === this.#edition)
        .catch((error: unknown) => connection.console.error(`Cannot check: ${String(error)}`));
    });
  }
}

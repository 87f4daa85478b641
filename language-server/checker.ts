import type { LanguageService } from "@headwater/language-server";
import type { FolderLoader } from "./folder-loader.js";
import { LSPErrorCodes, ResponseError, type CancellationToken } from "vscode-languageserver";
import { doInSlices, type Timer } from "./timer.js";

interface Waiter {
  readonly isWanted: () => boolean;
  readonly resolve: (isChecked: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Checks all files in slices, once for all who wait for it: slices of each for themselves would follow each other without a pause
 * for what an author asks meanwhile.
 */
export class Checker {
  readonly #service: LanguageService;
  readonly #timer: Timer;
  readonly #loader: FolderLoader;
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<() => void>();
  #isAtWork = false;

  constructor(service: LanguageService, timer: Timer, loader: FolderLoader) {
    this.#service = service;
    this.#timer = timer;
    this.#loader = loader;
  }

  /** Called whenever all is checked. */
  onChecked(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves with true at once when all is checked, with false when `isWanted` says before that nobody waits any more. */
  async check(isWanted: () => boolean = () => true): Promise<boolean> {
    await this.#loader.loaded;
    return new Promise((resolve, reject) => {
      this.#waiters.add({ isWanted, resolve, reject });
      if (!this.#isAtWork) void this.#work();
    });
  }

  /**
   * The same for a request.
   * @throws ResponseError when the client takes it back
   */
  async checkFor(token: CancellationToken): Promise<void> {
    const isChecked = await this.check(() => !token.isCancellationRequested);
    if (!isChecked)
      throw new ResponseError(LSPErrorCodes.RequestCancelled, "Canceled before all was checked");
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    try {
      while (this.#isAwaited()) {
        await doInSlices(this.#service.check(), this.#timer, () => this.#isAwaited());
        // What a file names is known once it is compiled: then that is read, and the file compiled with it.
        const isKnown = this.#service.isChecked() && !(await this.#loader.readMissed());
        if (isKnown && this.#service.isChecked()) this.#tellChecked();
      }
    } catch (error) {
      for (const { reject } of this.#taken()) reject(error);
    } finally {
      this.#isAtWork = false;
    }
  }

  /** Lets go who does not wait any more. */
  #isAwaited(): boolean {
    for (const waiter of this.#waiters) {
      if (waiter.isWanted()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(false);
    }
    return this.#waiters.size > 0;
  }

  #tellChecked(): void {
    for (const { resolve } of this.#taken()) resolve(true);
    for (const listener of this.#listeners) listener();
  }

  #taken(): readonly Waiter[] {
    const taken = [...this.#waiters];
    this.#waiters.clear();
    return taken;
  }
}

import type { LanguageService } from "@headwater/language-server";
import { doInSlices, type Timer } from "./timer.js";

/** After the last key, and after the findings: what is answered while somebody writes on may be a moment old. */
const QUIET_MS = 150;

/** Makes what is answered from at the cursor whenever nobody has written for a moment. */
export class Settler {
  readonly #service: LanguageService;
  readonly #timer: Timer;
  #cancel: () => void = () => undefined;
  #edition = 0;

  constructor(service: LanguageService, timer: Timer) {
    this.#service = service;
    this.#timer = timer;
  }

  /** Something was written. */
  schedule(): void {
    this.#cancel();
    this.#edition += 1;
    const edition = this.#edition;
    this.#cancel = this.#timer.after(QUIET_MS, () => {
      void doInSlices(this.#service.settle(), this.#timer, () => edition === this.#edition);
    });
  }
}

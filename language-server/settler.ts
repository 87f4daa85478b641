import type { LanguageService } from "@headwater/language-server";
import { doInSlices, type Timer } from "./timer.js";

/** After the last key, and after the findings: what is answered while somebody writes on may be a moment old. */
const QUIET_MS = 150;

/** Makes what is answered from at the cursor whenever nobody has written for a moment. */
export class Settler {
  readonly #service: LanguageService;
  readonly #timer: Timer;
  readonly #settled: () => void;
  #cancel: () => void = () => undefined;
  #edition = 0;

  /** @param settled called each time that it is made */
  constructor(service: LanguageService, timer: Timer, settled: () => void) {
    this.#service = service;
    this.#timer = timer;
    this.#settled = settled;
  }

  /** Something was written. */
  schedule(): void {
    this.#cancel();
    this.#edition += 1;
    const edition = this.#edition;
    this.#cancel = this.#timer.after(QUIET_MS, () => {
      const isWanted = (): boolean => edition === this.#edition;
      void doInSlices(this.#service.settle(), this.#timer, isWanted).then(
        () => isWanted() && this.#settled(),
      );
    });
  }
}

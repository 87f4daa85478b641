import { counted } from "@headwater/workflow";
import { attemptsOut, countLost } from "@headwater/engine";
import type { RunEvent } from "@headwater/engine";
import type { Dispatcher } from "./dispatcher.js";
import type { LiveRun } from "./live-run.js";

/** What the runs that are taken over have lost with the last life of the service. */
export class Recoveries {
  readonly #written: Promise<boolean>[] = [];
  #lost = 0;

  /** Attempts that had begun and were lost, so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Gives up the attempts of a run that was taken over; `post` resolves when its journal says so, to false when it never will. */
  giveUp(
    { row, state }: Pick<LiveRun, "row" | "state">,
    options: {
      readonly dispatcher: Pick<Dispatcher, "begunBefore">;
      readonly post: (event: RunEvent) => Promise<boolean>;
    },
  ): void {
    const out = attemptsOut(state);
    if (out.length === 0) return;
    const begun = options.dispatcher.begunBefore(row.id, out);
    this.#lost += countLost(state, begun);
    this.#written.push(options.post({ kind: "recovered", begun }));
  }

  /** Resolves when the journals of all runs say what was lost; to false when one never will. */
  async whenWritten(): Promise<boolean> {
    return (await Promise.all(this.#written.splice(0))).every((isDurable) => isDurable);
  }
}

/** What a start tells of the runs that it went on with. */
export function recoveryText(runs: number, lost: number): string {
  const went = `Went on with ${counted(runs, "run")}`;
  if (lost === 0) return went;
  const [were, begin] = lost === 1 ? ["was", "begins"] : ["were", "begin"];
  return `${went}; ${counted(lost, "attempt")} ${were} lost and ${begin} again, as far as retry.platform allows`;
}

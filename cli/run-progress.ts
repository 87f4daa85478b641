import type { Step } from "@headwater/api";
import type { Context, FormatOption } from "./context.js";
import { renderSteps } from "./step-table.js";
import { plain } from "./table.js";
import type { WatchedRun } from "./watch-run.js";

/** What is left of the screen for the line above the table, its titles and the cursor. */
const LINES_AROUND = 4;

const FAILED: readonly string[] = ["failed", "timed_out"];

/**
 * Shows a run while it goes: on a terminal one table that is drawn again in place, otherwise a line for each change. To
 * programs (`--format json`) it shows nothing.
 */
export class RunProgress {
  readonly #context: Context;
  readonly #format: FormatOption["format"];
  readonly #statuses = new Map<string, string>();
  /** Why steps failed, by their paths, as far as a line has said it. */
  readonly #failures = new Map<string, string>();
  #drawnLines = 0;

  constructor(context: Context, format: FormatOption["format"]) {
    this.#context = context;
    this.#format = format;
  }

  show(now: WatchedRun): void {
    if (this.#format === "json") return;
    if (this.#context.io.stdout.isTerminal) this.#draw(now);
    else this.#tell(now);
  }

  /** Takes the table away, so that the final one can stand in its place. */
  clear(): void {
    if (this.#drawnLines > 0) this.#context.io.stdout.write(`\u001b[${this.#drawnLines}A\u001b[0J`);
    this.#drawnLines = 0;
  }

  /** A step of an iteration is about to be tried again. On a terminal the table stands for all iterations. */
  tellRetry(step: Step): void {
    if (this.#format !== "json" && !this.#context.io.stdout.isTerminal) this.#tellStep(step);
  }

  /** The run without the reasons that stand above already: one failure is said once. */
  untold({ run, steps }: WatchedRun): WatchedRun {
    const told = [...this.#failures.values()].find((reason) => run.reason?.endsWith(`: ${reason}`));
    const reason = told === undefined ? run.reason : (run.reason?.slice(0, -`: ${told}`.length) ?? null);
    return {
      run: { ...run, reason },
      steps: steps.map((step) =>
        this.#failures.get(step.path) === step.reason ? { ...step, reason: null } : step,
      ),
    };
  }

  #draw({ run, steps }: WatchedRun): void {
    const { io, style } = this.#context;
    // One column less: a full line wraps on some terminals, and then the lines are more than were counted.
    const columns = io.stdout.columns - 1;
    const latest = steps.slice(-Math.max(1, io.stdout.rows - LINES_AROUND));
    const name = plain(run.name).slice(0, columns - 12);
    const room = Math.max(0, columns - name.length - run.status.length - 3);
    const reason = run.reason === null ? "" : `: ${plain(run.reason)}`.slice(0, room);
    const text = `${name} ${style.status(run.status)}${reason}\n${renderSteps(latest, { style, columns, attempt: run.attempt })}`;
    this.clear();
    io.stdout.write(text);
    this.#drawnLines = text.split("\n").length - 1;
  }

  #tell({ run, steps }: WatchedRun): void {
    // How it ended is the last line of all.
    if (run.endedAt === null) this.#tellOnce(run.name, run.status, run.reason);
    for (const step of steps) this.#tellStep(step);
  }

  #tellStep({ path, status, attempt, reason, endedAt }: Step): void {
    const isAgain = attempt > 1 && endedAt === null && status !== "retrying";
    if (!this.#tellOnce(path, isAgain ? `${status}, attempt ${attempt}` : status, reason)) return;
    if (reason !== null && FAILED.includes(status)) this.#failures.set(path, reason);
  }

  /** False when nothing is new. */
  #tellOnce(name: string, status: string, reason: string | null): boolean {
    if (this.#statuses.get(name) === status) return false;
    this.#statuses.set(name, status);
    this.#context.io.stdout.write(`${plain(name)} ${status}${reason === null ? "" : `: ${plain(reason)}`}\n`);
    return true;
  }
}

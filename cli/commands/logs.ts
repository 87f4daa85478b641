import type { Command } from "commander";
import type { Client, LogLine, Run, Step } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import type { Context } from "../context.js";
import { endText } from "../end-text.js";
import { byBeginning, isWithin, listAllSteps } from "../run-steps.js";
import { plain } from "../table.js";
import { UsageError } from "../usage-error.js";

interface LogsOptions extends ConnectionOptions {
  readonly follow?: boolean;
  readonly attempt?: string;
}

const POLL_MS = 500;

/** Which attempt a line is of, and what stands before it. */
interface Origin {
  readonly path: string;
  readonly attempt: number;
  readonly prefix: string;
}

/** `headwater logs RUN [STEP]`: what steps wrote. */
export function addLogsCommand(program: Command, context: Context): void {
  withConnection(
    program.command("logs").description("print what a run's steps wrote, one step after the other"),
  )
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .argument(
      "[step]",
      "a step's path, such as extract or load[3].copy, or load for all its iterations; default: all of them",
    )
    .option("--follow", "go on until the run ends")
    .option("--attempt <number>", "which attempt of the step; default: the latest")
    .action(async (id: string, step: string | undefined, options: LogsOptions) => {
      const client = await connect(context.io, options);
      const run = await client.getRun({ params: { id }, query: { environment: options.environment } });
      const printer = new LogPrinter(client, context, options);
      if (step === undefined) await printer.printAll(run);
      else await printStep(printer, { client, run, path: step });
    });
}

/** One step, or of a loop and of a step within one all iterations. */
async function printStep(
  printer: LogPrinter,
  { client, run, path }: { readonly client: Client; readonly run: Run; readonly path: string },
): Promise<void> {
  const { steps } = await client.listSteps({ params: { id: run.id }, query: { path, limit: 1 } });
  const [step] = steps;
  if (step !== undefined && step.iterations === null) return printer.printStep(run, step);
  const isMeant = (inner: Step): boolean => isWithin(inner.path, path);
  if (step === undefined) {
    const steps = await listAllSteps(client, run.id);
    if (!steps.some(isMeant)) throw notFound(run, path, steps);
  }
  await printer.printAll(run, isMeant);
}

/** Who names a step of a loop by its id alone is told how it is named. */
function notFound({ name }: Run, path: string, steps: readonly Step[]): UsageError {
  const inner = steps.find((step) => step.path.endsWith(`.${path}`))?.path;
  const advice =
    inner === undefined
      ? `see headwater show ${name}`
      : `did you mean ${inner}, or ${inner.replaceAll(/\[\d+\]/g, "")} for all its iterations?`;
  return new UsageError(`Cannot find step "${path}" in ${name}: ${advice}`);
}

/** Prints logs in order; with `follow`, those of steps that begin meanwhile too. */
class LogPrinter {
  readonly #client: Client;
  readonly #context: Context;
  readonly #options: LogsOptions;
  readonly #printed = new Set<string>();

  constructor(client: Client, context: Context, options: LogsOptions) {
    this.#client = client;
    this.#context = context;
    this.#options = options;
  }

  async printAll(run: Run, isMeant: (step: Step) => boolean = () => true): Promise<void> {
    for (;;) {
      // Asked before the steps are: a run that had ended then has begun all the steps it ever will.
      const current = await this.#client.getRun({ params: { id: run.id } });
      const steps = (await listAllSteps(this.#client, run.id)).filter(hasLog);
      for (const step of byBeginning(steps.filter(isMeant)).filter((one) => !this.#printed.has(keyOf(one)))) {
        this.#printed.add(keyOf(step));
        await this.#print(run, step, `${plain(step.path)} | `);
      }
      const hasEnded = current.endedAt !== null;
      if (hasEnded && steps.length === 0) this.#tellUnbegun(current);
      if (this.#options.follow !== true || hasEnded) return;
      await this.#context.io.pause(POLL_MS);
    }
  }

  /** Beside the logs, which are what a program reads: there is none. */
  #tellUnbegun({ name, status, reason }: Run): void {
    this.#context.io.stderr.write(`No step of ${plain(name)} has begun. It ${endText(status, reason)}\n`);
  }

  printStep(run: Run, step: Step): Promise<void> {
    const { attempt } = step;
    if (this.#options.attempt === undefined && attempt > 1) {
      this.#context.io.stderr.write(`attempt ${attempt}; ${attempt - 1} earlier: --attempt ${attempt - 1}\n`);
    }
    return this.#print(run, step, "");
  }

  async #print(run: Run, step: Step, prefix: string): Promise<void> {
    const { path, attempt: latest } = step;
    const attempt = Number(this.#options.attempt ?? Math.max(1, latest));
    const hasWritten = await this.#copy(run, { path, attempt, prefix });
    const reason = hasWritten || attempt < latest ? null : silentReason(step);
    if (reason !== null) this.#write(reason, { path, attempt, prefix });
  }

  /** All that the attempt has written. Answers whether that is anything. */
  async #copy(run: Run, { path, attempt, prefix }: Origin): Promise<boolean> {
    for (let offset = 0, hasWritten = false; ;) {
      const query = { path, attempt, offset };
      const page = await this.#client.readLog({ params: { id: run.id }, query });
      for (const line of page.lines) this.#write(line, { path, attempt, prefix });
      hasWritten ||= page.lines.length > 0;
      if (page.ended || (this.#options.follow !== true && page.nextOffset === offset)) return hasWritten;
      if (page.nextOffset === offset) await this.#context.io.pause(POLL_MS);
      offset = page.nextOffset;
    }
  }

  #write(line: LogLine, { path, attempt, prefix }: Origin): void {
    const { io, style } = this.#context;
    if (this.#options.format === "json") io.stdout.write(`${JSON.stringify({ path, attempt, ...line })}\n`);
    else if (line.stream === "out") io.stdout.write(`${prefix}${plain(line.text)}\n`);
    else
      io.stdout.write(
        `${prefix}${line.stream === "err" ? style.bad(plain(line.text)) : style.quiet(plain(line.text))}\n`,
      );
  }
}

/** Why a step ended as it did that has written nothing; null where there is nothing to say. */
function silentReason({ status, reason, endedAt }: Step): LogLine | null {
  if (reason === null || endedAt === null || status === "succeeded") return null;
  const words = status.replaceAll("_", " ");
  return {
    at: endedAt,
    stream: "sys",
    text: `It ${words === "failed" ? "failed" : `is ${words}`}, and has written nothing: ${reason}`,
  };
}

function hasLog(step: Step): boolean {
  return step.attempt > 0 && step.iterations === null;
}

function keyOf({ path, attempt }: Step): string {
  return `${path} ${attempt}`;
}

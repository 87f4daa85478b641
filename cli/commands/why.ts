import type { Command } from "commander";
import type { Run, Wait } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { endText } from "../end-text.js";
import { plain, renderTable } from "../table.js";
import { durationText } from "../time-text.js";

interface WhyOptions extends ConnectionOptions {
  readonly limit: string;
  readonly after?: string;
}

/** `headwater why RUN [STEP]`: what a run, or one of its steps, waits for. */
export function addWhyCommand(program: Command, context: Context): void {
  withConnection(program.command("why").description("say what a run waits for, or one of its steps"))
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .argument("[step]", "a step's path, such as load[3].copy, or load.copy for each of its iterations")
    .option("--limit <count>", "how many lines", "50")
    .option("--after <number>", "the lines after this one")
    .action(async (id: string, step: string | undefined, options: WhyOptions) => {
      const { format, environment, limit, after } = options;
      const client = await connect(context.io, options);
      const answer = await client.explainRun({
        params: { id },
        query: { environment, step, limit, after },
      });
      const text = (): string =>
        [headOf(answer.run, answer.waits), linesOf(answer.waits, context), moreOf(answer.next)].join("");
      print(context, answer, { format, text });
    });
}

function headOf({ name, status, reason, endedAt }: Run, waits: readonly Wait[]): string {
  const run = plain(name);
  if (endedAt !== null) return `${run} waits for nothing: it ${endText(status, reason)}\n`;
  if (status === "queued") return `${run} is queued: ${plain(reason ?? "it is about to begin")}\n`;
  return waits.length === 0 ? `${run} runs, and nothing of that waits\n` : `${run} runs\n`;
}

function linesOf(waits: readonly Wait[], { io }: Context): string {
  if (waits.length === 0) return "";
  const now = io.now();
  const rows = waits.map(({ step, path, count, since, reason, ends }) => [
    plain(count === 1 ? path : step),
    String(count),
    since === null ? "" : durationText(Math.max(0, now - since)),
    plain(ends === null ? reason : `${reason}; until ${ends}`),
  ]);
  return renderTable(["STEP", "COUNT", "SINCE", "WHY"], rows, io.stdout.columns);
}

function moreOf(next: number | null): string {
  return next === null ? "" : `There are more: --after ${next}\n`;
}

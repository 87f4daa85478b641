import type { Command } from "commander";
import type { Signal } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { instant } from "../instant-argument.js";
import { requireEnvironment } from "../known-environment.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";

interface SignalsOptions extends ConnectionOptions {
  readonly name?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: string;
  readonly before?: string;
}

/** `headwater signals`: what came in. */
export function addSignalsCommand(program: Command, context: Context): void {
  withConnection(program.command("signals").description("list the signals that came in, newest first"))
    .option("--name <signal>", "of this name only")
    .option("--since <time>", "recorded then or later", instant)
    .option("--until <time>", "recorded before", instant)
    .option("--limit <count>", "how many", "20")
    .option("--before <next>", "the page after one that ended with this")
    .action(async ({ format, ...options }: SignalsOptions) => {
      const { name: signal, environment, since, until, limit, before } = options;
      const client = await connect(context.io, options);
      const isFiltered = [signal, since, until, before].some((filter) => filter !== undefined);
      const answer = await client.listSignals({
        query: { signal, environment, since, until, limit, before },
      });
      if (answer.signals.length === 0) await requireEnvironment(client, environment);
      print(context, answer, {
        format,
        text: () => renderSignals(answer, { ...context, isFiltered, environment }),
      });
    });
}

function renderSignals(
  { signals, next }: { readonly signals: readonly Signal[]; readonly next: string | null },
  { io, isFiltered, environment }: Context & { readonly isFiltered: boolean; readonly environment: string },
): string {
  if (signals.length === 0) {
    return isFiltered
      ? `No signal in ${plain(environment)} is like that. All that are kept there are listed without --name, --since, --until and --before.\n`
      : `No signal has come in ${plain(environment)} yet. Send one: headwater signal NAME --param name=value\n`;
  }
  const rows = signals.map(({ id, signal, at, runId, key, params, isMatched }) => [
    String(id),
    plain(signal),
    instantText(at),
    plain(runId ?? (key === null ? "outside" : `outside, as "${key}"`)),
    `${isMatched ? "" : "not matched yet: "}${plain(JSON.stringify(params))}`,
  ]);
  const table = renderTable(["ID", "SIGNAL", "RECORDED", "FROM", "PARAMS"], rows, io.stdout.columns);
  return next === null ? table : `${table}\nOlder ones: headwater signals --before ${next}\n`;
}

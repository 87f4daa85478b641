import type { Command } from "commander";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { parseParams } from "../params.js";
import { plain } from "../table.js";

interface SignalOptions extends ConnectionOptions {
  readonly param: readonly string[];
  readonly id?: string;
}

/** `headwater signal`: says that something happened. */
export function addSignalCommand(program: Command, context: Context): void {
  withConnection(
    program.command("signal").description("send a signal: the workflows that listen to it start"),
  )
    .argument("<name>", "such as warehouse.table-updated")
    .option(
      "--param <name=value>",
      "what it carries, as often as there are params; JSON is read as such",
      (pair: string, pairs: readonly string[]) => [...pairs, pair],
      [] as readonly string[],
    )
    .option("--id <request-id>", "the same one counts once, however often it is sent")
    .action(async (signal: string, { format, param, id, ...options }: SignalOptions) => {
      const params = parseParams(param);
      const client = await connect(context.io, options);
      const { environment } = options;
      const body = { signal, environment, params, key: id ?? context.io.newId() };
      const recorded = await client.sendSignal({ body });
      print(context, recorded, {
        format,
        text: () =>
          recorded.isNew
            ? `Recorded signal ${recorded.id}\n`
            : `Nothing new: "${plain(body.key)}" was recorded before, as signal ${recorded.id}\n`,
      });
    });
}

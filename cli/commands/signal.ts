import type { Command } from "commander";
import type { SignalAudience } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, EXIT_FINDINGS, EXIT_OK, print } from "../context.js";
import { parseParams } from "../params.js";
import { plain } from "../table.js";
import { UsageError } from "../usage-error.js";

/** The service counts so many. */
const COUNTED_MAX = 100;

interface SignalOptions extends ConnectionOptions {
  readonly param: readonly string[];
  readonly id?: string;
  readonly requireHeard?: boolean;
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
    .option("--require-heard", "exit 1 when nobody hears it; it is recorded all the same")
    .allowExcessArguments()
    .action(async (signal: string, given: SignalOptions, { args: [, ...rest] }: Command) => {
      const { format, param, id, requireHeard, ...options } = given;
      if (rest.length > 0)
        throw new UsageError(
          `Cannot send "${signal}" with ${rest.join(" ")}: what it carries is said as ${rest.map((pair) => `--param ${pair}`).join(" ")}`,
        );
      const params = parseParams(param);
      const client = await connect(context.io, options);
      const { environment } = options;
      const body = { signal, environment, params, key: id ?? context.io.newId() };
      const recorded = await client.sendSignal({ body });
      const isMissed = requireHeard === true && recorded.heard.note !== null;
      context.exit(isMissed ? EXIT_FINDINGS : EXIT_OK);
      const audience = recorded.isNew || isMissed ? renderAudience(recorded.heard) : "";
      const said = recorded.isNew
        ? `Recorded signal ${recorded.id}`
        : `Nothing new: "${plain(body.key)}" was recorded before, as signal ${recorded.id}`;
      print(context, recorded, { format, text: () => `${said}${audience}\n` });
    });
}

/** Who hears it, in the same line; why nobody does in the next. */
function renderAudience({ triggers, gates, note }: SignalAudience): string {
  if (note !== null) return `, and nobody hears it\n${plain(note)}`;
  const parts = [
    triggers === 0 ? [] : [`triggers of ${workflows(triggers)}`],
    gates === 0 ? [] : [`steps of ${workflows(gates)} that wait`],
  ].flat();
  return `, heard by ${parts.join(" and by ")}`;
}

function workflows(number: number): string {
  if (number === 1) return "1 workflow";
  return number < COUNTED_MAX ? `${number} workflows` : `${COUNTED_MAX} or more workflows`;
}

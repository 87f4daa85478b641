import type { Command } from "commander";
import type { Client, Run } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "./connection.js";
import { type Context, print } from "./context.js";
import { plain } from "./table.js";

/** What a command asks for, but who and why. */
export type RunAction = DistributiveOmit<
  NonNullable<Parameters<Client["actOnRun"]>[0]["body"]>,
  "by" | "reason"
>;

type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

export interface ActionOptions extends ConnectionOptions {
  readonly reason: string;
}

/** A command that does something to a run: adds its argument, `--reason` and how to reach the service. */
export function addRunCommandOf(program: Command, name: string, description: string): Command {
  return withConnection(program.command(name).description(description))
    .argument("<run>", "a run's id, or PROJECT/WORKFLOW#NUMBER")
    .option("--reason <words>", "why; it is kept with the run", "");
}

/** Does it, and prints the run as it then is, or what was done in words. */
export async function actOnRun(
  context: Context,
  {
    id,
    action,
    done,
  }: {
    readonly id: string;
    readonly action: RunAction;
    readonly done: (run: Run, client: Client) => string | Promise<string>;
  },
  options: ActionOptions,
): Promise<void> {
  const client = await connect(context.io, options);
  const run = await client.actOnRun({
    params: { id },
    query: { environment: options.environment },
    body: { ...action, by: context.io.user, reason: options.reason },
  });
  const words = options.format === "json" ? "" : await done(run, client);
  print(context, run, { format: options.format, text: () => `${plain(words)}\n` });
}

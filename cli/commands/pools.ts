import type { Command } from "commander";
import type { Pool } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, print } from "../context.js";
import { plain, renderTable } from "../table.js";

/** `headwater pools`: where attempts execute, and who shares the slots. */
export function addPoolsCommand(program: Command, context: Context): void {
  withServer(
    program.command("pools").description("list the pools, with who holds their slots and who waits for some"),
  ).action(async ({ format, ...options }: ServerOptions) => {
    const client = await connect(context.io, options);
    const answer = await client.listPools();
    const text = (): string =>
      renderTable(
        ["POOL", "SLOTS", "BUSY", "WAITING", "OWNERS"],
        answer.pools.map(cellsOf),
        context.io.stdout.columns,
      );
    print(context, answer, { format, text });
  });
}

function cellsOf({ name, slots, busy, waiting, owners }: Pool): readonly string[] {
  const shares = owners.map((one) => `${plain(one.owner)}: ${one.busy} busy, ${one.waiting} waiting`);
  return [
    plain(name),
    slots === 0 ? "none" : String(slots),
    String(busy),
    String(waiting),
    shares.join("; "),
  ];
}

import type { Command } from "commander";
import type { Permit } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, print } from "../context.js";
import { addListCommand } from "../list-command.js";
import { plain, renderTable } from "../table.js";
import { instantText } from "../time-text.js";
import { UsageError } from "../usage-error.js";

/** `headwater permits list|set|unset`: how many attempts may hold what at once. */
export function addPermitsCommand(program: Command, context: Context): void {
  const permits = program.command("permits").description("say how many steps may use something at once");
  addList(permits, context);
  addSet(permits, context);
  addUnset(permits, context);
}

function addList(permits: Command, context: Context): void {
  withServer(
    addListCommand(permits, "list the permits that have a limit, are held or are waited for"),
  ).action(async ({ format, ...options }: ServerOptions) => {
    const client = await connect(context.io, options);
    const answer = await client.listPermits();
    print(context, answer, { format, text: () => renderPermits(answer.permits, context) });
  });
}

function addSet(permits: Command, context: Context): void {
  withServer(
    permits
      .command("set")
      .description("set the limit of a permit; it is in force at once, also after a restart"),
  )
    .argument("<name>", "the permit, as steps name it")
    .argument("<limit>", "how many steps may hold it at once; 0 closes it")
    .action(async (name: string, limit: string, { format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const body = { limit: readLimit(limit), by: context.io.user };
      const permit = await client.setPermit({ params: { name }, body });
      print(context, permit, { format, text: () => renderPermit(permit) });
    });
}

function addUnset(permits: Command, context: Context): void {
  withServer(
    permits
      .command("unset")
      .description("take back what was set: the service's configuration says, or the limit is 1"),
  )
    .argument("<name>", "the permit, as steps name it")
    .action(async (name: string, { format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const permit = await client.unsetPermit({ params: { name } });
      print(context, permit, { format, text: () => renderPermit(permit) });
    });
}

/** @throws UsageError */
function readLimit(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`Cannot read "${text}" as a limit: it must be a whole number from 0 to 10000`);
}

function renderPermit({ name, limit, held, waiting }: Permit): string {
  return `${plain(name)}: ${limit} at once; ${held} held, ${waiting} waiting\n`;
}

function renderPermits(permits: readonly Permit[], { io }: Context): string {
  if (permits.length === 0) return "No permit has a limit, and no step needs one now.\n";
  const rows = permits.map((permit) => [
    plain(permit.name),
    String(permit.limit),
    String(permit.held),
    String(permit.waiting),
    limitedBy(permit),
  ]);
  return renderTable(["PERMIT", "LIMIT", "HELD", "WAITING", "SET BY"], rows, io.stdout.columns);
}

function limitedBy({ name, source, setBy, setAt }: Permit): string {
  switch (source) {
    case "set":
      return `${plain(setBy ?? "")}${setAt === null ? "" : `, ${instantText(setAt)}`}`;
    case "configured":
      return "HEADWATER_PERMITS";
    case "default":
      return `nobody: headwater permits set ${plain(name)} COUNT`;
  }
}

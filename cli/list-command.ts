import type { Command } from "commander";
import { nearestName } from "@headwater/workflow";
import { UsageError } from "./usage-error.js";

/** Adds `list`, or what else shows all there is, to a group of commands; the group alone does that too. */
export function addListCommand(group: Command, description: string, name = "list"): Command {
  return group
    .command(name, { isDefault: true })
    .description(description)
    .allowExcessArguments()
    .hook("preAction", (list) => refuseOther(group, list.args));
}

/** What is no command of the group comes here as well, since this is what the group does by itself. */
function refuseOther(group: Command, [word]: readonly string[]): void {
  if (word === undefined) return;
  const known = group.commands.map((command) => command.name());
  const near = nearestName(word, known);
  const hint = near === null ? `it has ${known.join(", ")}` : `did you mean "${near}"?`;
  throw new UsageError(`Cannot do "${word}": headwater ${group.name()} has no such command; ${hint}`);
}

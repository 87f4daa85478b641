import { resolve } from "node:path";
import type { Command } from "commander";
import type { Context } from "../context.js";

/** `headwater backup <file>`: a copy of the database, also while its service is up. Not over the API: the file is the service's machine's. */
export function addBackupCommand(program: Command, context: Context): void {
  program
    .command("backup")
    .description("copy the database to a new file, on the service's machine; the service may be up")
    .argument("<file>", "a name that is not taken")
    .option("--data <folder>", "the service's data folder (default: HEADWATER_DATA_FOLDER, or .headwater)")
    .action(async (file: string, options: { readonly data?: string }) => {
      const { io } = context;
      // Only here: every other command is quicker without the service in its memory.
      const { backUpDatabase, resolveConfig } = await import("@headwater/server");
      const { dataFolder } = resolveConfig({ dataFolder: options.data }, io.env, io.cwd);
      const target = resolve(io.cwd, file);
      await backUpDatabase(dataFolder, target);
      io.stdout.write(`Backed up the database of "${dataFolder}" to "${target}"\n`);
    });
}

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { createClient, DEFAULT_ENVIRONMENT, type Client } from "@headwater/api";
import { type FormatOption, withFormat } from "./context.js";
import type { Io } from "./io.js";
import { UsageError } from "./usage-error.js";

const DEFAULT_URL = "http://127.0.0.1:7474";

/** What says which service is meant, and what of it. */
export interface ServiceOptions {
  readonly url?: string;
  readonly environment: string;
}

/** The options of every command that asks the service, of whatever environment. */
export interface ServerOptions extends FormatOption, Pick<ServiceOptions, "url"> {}

/** The options of a command that asks it of one environment. */
export interface ConnectionOptions extends FormatOption, ServiceOptions {}

/** Adds `--format`, `--url` and `--environment`. */
export function withConnection(command: Command): Command {
  return withService(withFormat(command));
}

/** Adds `--format` and `--url`. */
export function withServer(command: Command): Command {
  return withUrl(withFormat(command));
}

/** Adds `--url` and `--environment`. */
export function withService(command: Command): Command {
  return withUrl(command).option("--environment <name>", "environment of the project", DEFAULT_ENVIRONMENT);
}

function withUrl(command: Command): Command {
  return command.option(
    "--url <url>",
    `where the service is (default: HEADWATER_URL, the one started here, or ${DEFAULT_URL})`,
  );
}

/** A client of the service that is meant. The token comes from HEADWATER_TOKEN: a flag would show in the list of processes. */
export async function connect(io: Io, options: Pick<ServiceOptions, "url">): Promise<Client> {
  const baseUrl = options.url ?? (io.env["HEADWATER_URL"] || null) ?? (await startedHere(io)) ?? DEFAULT_URL;
  if (!URL.canParse(baseUrl) || !/^https?:/i.test(baseUrl)) {
    throw new UsageError(`Cannot use "${baseUrl}" as the service's URL: it must be like ${DEFAULT_URL}`);
  }
  return createClient({
    baseUrl,
    token: io.env["HEADWATER_TOKEN"] || null,
    fetch: io.fetch,
    pause: io.pause,
  });
}

/** What a service that was started in this folder wrote down; null when there is none, or its file is not readable as such. */
async function startedHere(io: Io): Promise<string | null> {
  const folder = resolve(io.cwd, io.env["HEADWATER_DATA_FOLDER"] || ".headwater");
  try {
    const server: unknown = JSON.parse(await readFile(join(folder, "server.json"), "utf8"));
    const hasUrl = typeof server === "object" && server !== null && "url" in server;
    return hasUrl && typeof server.url === "string" ? server.url : null;
  } catch {
    // Without the file, or with a broken one, the default is as good a guess as any; an error will name the URL.
    return null;
  }
}

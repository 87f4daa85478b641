import { type Command, InvalidArgumentError } from "commander";
import { createClient, type Client } from "@headwater/api";
import type { Log, LogFields, SeededRepository } from "@headwater/server";
import { type Context, EXIT_FINDINGS, EXIT_OK } from "../context.js";
import { ExampleTour } from "../example-tour.js";
import { plain } from "../table.js";
import { tellDeployments } from "../tell-deployments.js";
import { UsageError } from "../usage-error.js";

interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly data?: string;
  readonly example?: string;
  readonly once?: boolean;
}

/** `headwater serve`: the service in this process, until Ctrl-C; with `--example` the tour that `npm start` gives. */
export function addServeCommand(program: Command, context: Context): void {
  program
    .command("serve")
    .description("run the service in this terminal")
    .option("--port <port>", "TCP port (default: PORT, or 7474; 0 picks a free one)", port)
    .option("--host <address>", "address to listen on (default: HEADWATER_HOST, or 127.0.0.1)")
    .option(
      "--data <folder>",
      "where everything durable goes (default: HEADWATER_DATA_FOLDER, or .headwater)",
    )
    .option("--example <folder>", "make a Git repository of this folder, deploy it and start one run")
    .option(
      "--once",
      "with --example: end when that run and those that it caused end; exit 0 when it succeeded, 1 when not",
    )
    .action((options: ServeOptions) => serve(context, options));
}

async function serve(context: Context, options: ServeOptions): Promise<void> {
  const { io } = context;
  if (options.once === true && options.example === undefined) {
    throw new UsageError("Cannot serve --once without --example: there is no run to wait for");
  }
  // Listens from the first moment, so that a Ctrl-C while it starts ends it in order too.
  const interrupt = new AbortController();
  const stopListening = io.onInterrupt(() => interrupt.abort());
  try {
    await serveUntil(interrupt.signal, context, options);
  } finally {
    // Should anything still hold the process, Ctrl-C ends it as it ends any other.
    stopListening();
  }
}

async function serveUntil(interrupt: AbortSignal, context: Context, options: ServeOptions): Promise<void> {
  const { io } = context;
  // Only here: every other command is quicker without the service in its memory.
  const { resolveConfig, seedRepository, startService } = await import("@headwater/server");
  const config = resolveConfig({ ...options, dataFolder: options.data }, io.env, io.cwd);
  const interrupted = new Promise<void>((resolve) => interrupt.addEventListener("abort", () => resolve()));
  const service = await startService({ config, log: logTo(context), interrupt });
  if (service === null) {
    io.stdout.write("\nStopped before it was up.\n");
    return;
  }
  const client = createClient({
    baseUrl: service.url,
    token: config.token,
    fetch: io.fetch,
    pause: io.pause,
  });
  try {
    if (options.example === undefined) {
      io.stdout.write(`Headwater is up: ${service.url} (data in ${config.dataFolder})\nCtrl-C ends it.\n`);
      void tellDeployments(context, client, { signal: interrupt, ready: Promise.resolve() });
      await interrupted;
      io.stdout.write("\nStopping: what runs goes on with the next start.\n");
    } else {
      await tour(context, {
        client,
        url: service.url,
        options,
        repository: await seedRepository({
          from: options.example,
          folder: `${config.dataFolder}/example`,
          environment: io.env,
        }),
        interrupt,
        interrupted,
      });
    }
  } finally {
    await service.stop();
  }
}

interface Tour {
  readonly client: Client;
  readonly url: string;
  readonly options: ServeOptions;
  readonly repository: SeededRepository;
  readonly interrupt: AbortSignal;
  readonly interrupted: Promise<void>;
}

async function tour(context: Context, given: Tour): Promise<void> {
  const { io } = context;
  const { client, url, options, repository, interrupt, interrupted } = given;
  const guide = new ExampleTour(context, { client, url, repository });
  const run = await guide.begin();
  const ended = guide.follow(run);
  if (options.once === true) {
    const first = await Promise.race([ended, interrupted.then(() => null)]);
    if (first !== null) await Promise.race([guide.awaitOthers(first), interrupted]);
    guide.stop();
    context.exit(first?.status === "succeeded" ? EXIT_OK : EXIT_FINDINGS);
    return;
  }
  const shown = ended.then(
    () => guide.sayWhatNext(),
    // The service goes on without the picture of its first run.
    (error: unknown) => io.stderr.write(`Cannot show the first run: ${String(error)}\n`),
  );
  void tellDeployments(context, client, { signal: interrupt, ready: shown });
  await interrupted;
  guide.stop();
  io.stdout.write("\nStopping: what runs goes on with the next start.\n");
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535 && text.trim() !== "") return value;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

/** Warnings and errors in the terminal of the one who started it; what goes well is seen on the page. */
function logTo({ io, style }: Context): Log {
  const line = (paint: (text: string) => string, message: string, fields: LogFields = {}): void => {
    const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${plain(JSON.stringify(value))}`);
    io.stderr.write(`${paint(message)}${facts.join("")}\n`);
  };
  return {
    info: () => undefined,
    warn: (message, fields) => line(style.busy, message, fields),
    error: (message, fields) => line(style.bad, message, fields),
  };
}

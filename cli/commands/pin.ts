import type { Command } from "commander";
import type { Client, Pin } from "@headwater/api";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, EXIT_FINDINGS, print } from "../context.js";
import { renderVerdict } from "../deployment-text.js";
import { environmentOption } from "../environment-text.js";
import { revertOf } from "../revert-text.js";
import { plain } from "../table.js";
import { UsageError } from "../usage-error.js";

interface PinOptions extends ConnectionOptions {
  readonly reason?: string;
  readonly asRevert?: true;
}

/** `headwater pin` and `headwater unpin`: an environment that is kept at a commit, in an emergency. */
export function addPinCommands(program: Command, context: Context): void {
  withConnection(
    program
      .command("pin")
      .description(
        "deploy an older commit now, and keep the environment at it whatever is pushed, until headwater unpin",
      ),
  )
    .argument("<project>")
    .argument("[commit]", "7 or more digits of its id")
    .option("--reason <words>", "why; it is shown wherever the environment is")
    .option("--as-revert", "print the Git commands that make the branch what the environment is pinned to")
    .action(async (project: string, commit: string | undefined, options: PinOptions) =>
      options.asRevert === undefined
        ? pin(context, { project, commit }, options)
        : printRevert(context, project, options),
    );
  withConnection(
    program
      .command("unpin")
      .description("end a pin and deploy the head of the branch; exit 1 when that is not deployed"),
  )
    .argument("<project>")
    .option("--reason <words>", "why; it is kept with the pin", "")
    .action(async (project: string, options: ConnectionOptions & { readonly reason: string }) =>
      unpin(context, project, options),
    );
}

async function pin(
  context: Context,
  { project, commit }: { readonly project: string; readonly commit: string | undefined },
  { reason = "", environment, format, ...options }: PinOptions,
): Promise<void> {
  if (commit === undefined)
    throw new UsageError(`Cannot pin "${project}": say to which commit; headwater deployments lists them`);
  if (reason === "") throw new UsageError(`Cannot pin "${project}": say why, with --reason`);
  const client = await connect(context.io, options);
  const body = { commit, by: context.io.user, reason };
  const deployment = await client.pinEnvironment({ params: { project }, query: { environment }, body });
  const named = `${plain(project)}${environmentOption(environment)}`;
  const text = (): string =>
    [
      renderVerdict(deployment, context.style),
      `${plain(environment)} of ${plain(project)} stays there, whatever is pushed, until: headwater unpin ${named}`,
      `Make Git say the same, by a revert: headwater pin ${named} --as-revert`,
      "",
    ].join("\n");
  print(context, deployment, { format, text });
}

async function unpin(
  context: Context,
  project: string,
  { reason, environment, format, ...options }: ConnectionOptions & { readonly reason: string },
): Promise<void> {
  const client = await connect(context.io, options);
  const body = { by: context.io.user, reason };
  const deployment = await client.unpinEnvironment({ params: { project }, query: { environment }, body });
  if (deployment.status === "refused" || deployment.status === "held") context.exit(EXIT_FINDINGS);
  const text = (): string =>
    `${plain(environment)} of ${plain(project)} follows its branch again\n${renderVerdict(deployment, context.style)}\n`;
  print(context, deployment, { format, text });
}

async function printRevert(
  context: Context,
  project: string,
  { environment, format, ...options }: PinOptions,
): Promise<void> {
  const client = await connect(context.io, options);
  const found = await findPin(client, { project, environment });
  const { repositories } = await client.listRepositories();
  const repository = repositories.find(({ id }) => id === found.repositoryId);
  if (repository === undefined)
    throw new UsageError(`Cannot print the revert of "${project}": its repository is not followed any more`);
  const commands = revertOf(found, repository);
  print(context, { pin: found, commands }, { format, text: () => `${commands.join("\n")}\n` });
}

async function findPin(
  client: Client,
  { project, environment }: { readonly project: string; readonly environment: string },
): Promise<Pin> {
  const { pins } = await client.listPins({ query: { project, limit: 1000 } });
  const found = pins.find((one) => one.ended === null && one.environment === environment);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot print a revert: ${environment} of "${project}" is not pinned`);
}

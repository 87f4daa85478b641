import type { Command } from "commander";
import type { Client } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, EXIT_FINDINGS, print } from "../context.js";
import { renderVerdict } from "../deployment-text.js";
import { UsageError } from "../usage-error.js";

/** Deployments of one commit that are looked at: it may be in many environments. */
const NAMED_MAX = 100;

/** `headwater confirm`: deploys a commit that was held. */
export function addConfirmCommand(program: Command, context: Context): void {
  withServer(
    program
      .command("confirm")
      .description("deploy a commit that is held because of what it removes; exit 1 when it is not deployed"),
  )
    .argument("<commit>", "as headwater deployments shows it, or the id of its deployment")
    .option("--reason <words>", "why it is meant; it is kept with the deployment")
    .action(
      async (id: string, { reason, format, ...options }: ServerOptions & { readonly reason?: string }) => {
        const client = await connect(context.io, options);
        if (reason === undefined) throw await reasonMissing(client, id);
        const body = { by: context.io.user, reason };
        const deployment = await client.confirmDeployment({ params: { id }, body });
        if (deployment.status !== "active") context.exit(EXIT_FINDINGS);
        const text = (): string => `${renderVerdict(deployment, context.style)}\n`;
        print(context, deployment, { format, text });
      },
    );
}

/** Nobody is to think of a reason for what cannot be. */
async function reasonMissing(client: Client, id: string): Promise<UsageError> {
  const { deployments } = await client.listDeployments({ query: { commit: id, limit: NAMED_MAX } });
  const places = new Map(
    deployments.toReversed().map((one) => [`${one.repositoryId} ${one.branch} ${one.environment}`, one]),
  );
  const [newest] = deployments;
  if (newest === undefined)
    return new UsageError(`Cannot confirm "${id}": there is no deployment of such a commit`);
  if ([...places.values()].some(({ status }) => status === "held"))
    return new UsageError(`Cannot confirm "${id}": say why, with --reason`);
  return new UsageError(`Cannot confirm "${id}": it is ${newest.status}, not held`);
}

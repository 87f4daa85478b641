import type { Command } from "commander";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, EXIT_FINDINGS, print } from "../context.js";
import { renderVerdict } from "../deployment-text.js";

/** `headwater confirm`: deploys a commit that was held. */
export function addConfirmCommand(program: Command, context: Context): void {
  withConnection(
    program
      .command("confirm")
      .description("deploy a commit that is held because of what it removes; exit 1 when it is not deployed"),
  )
    .argument("<commit>", "as headwater deployments shows it, or the id of its deployment")
    .requiredOption("--reason <words>", "why it is meant; it is kept with the deployment")
    .action(
      async (id: string, { reason, format, ...options }: ConnectionOptions & { readonly reason: string }) => {
        const client = await connect(context.io, options);
        const body = { by: context.io.user, reason };
        const deployment = await client.confirmDeployment({ params: { id }, body });
        if (deployment.status !== "active") context.exit(EXIT_FINDINGS);
        const text = (): string => `${renderVerdict(deployment, context.style)}\n`;
        print(context, deployment, { format, text });
      },
    );
}

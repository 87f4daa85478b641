import type { Command } from "commander";
import { affectedRuns, renderPlanText } from "@headwater/workflow";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { paintPlan } from "../paint-plan.js";
import { listRunsInFlight } from "../runs-in-flight.js";
import { isWorkflowName, parseWorkflowName } from "../workflow-name.js";

const SHORT = 12;

interface Compared {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** `headwater diff`: what changes from one commit to another, in the service's own repository. */
export function addDiffCommand(program: Command, context: Context): void {
  withConnection(
    program
      .command("diff")
      .description(
        "tell what changes from what is deployed to the head of the branch, or between two commits",
      ),
  )
    .argument("<project>", "a project, or PROJECT/WORKFLOW")
    .argument("[from]", "a commit, a deployment's id, or of a workflow a version (default: what is deployed)")
    .argument("[to]", "the same (default: the head of the branch, deployed or not)")
    .action(
      async (name: string, from: string | undefined, to: string | undefined, options: ConnectionOptions) =>
        compare(context, name, { from, to }, options),
    );
}

async function compare(
  context: Context,
  name: string,
  ...[{ from, to }, { environment, format, ...options }]: readonly [Compared, ConnectionOptions]
): Promise<void> {
  const { project, workflow } = isWorkflowName(name)
    ? parseWorkflowName(name)
    : { project: name, workflow: undefined };
  const client = await connect(context.io, options);
  const query = { environment, workflow, from, to };
  const answer = await client.compareCommits({ params: { project }, query });
  const runsInFlight = affectedRuns(answer.plan, await listRunsInFlight(client, { project, environment }));
  const sides = { from: answer.from.slice(0, SHORT), to: answer.to.slice(0, SHORT), runsInFlight };
  const text = (): string => paintPlan(renderPlanText(answer.plan, sides), context.style);
  print(context, { ...answer, runsInFlight }, { format, text });
}

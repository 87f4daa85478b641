import type { Command } from "commander";
import { affectedRuns, renderPlanText } from "@headwater/workflow";
import { connect, type ConnectionOptions, withConnection } from "../connection.js";
import { type Context, print } from "../context.js";
import { paintPlan } from "../paint-plan.js";
import { listRunsInFlight } from "../runs-in-flight.js";
import { isWorkflowName, parseWorkflowName } from "../workflow-name.js";

const SHORT = 12;

/** Who has just committed or pushed may be ahead of the service, or has not pushed. */
const NOTHING_NEWER =
  "The newest commit that the service has seen of the branch is what is deployed. To make it look at once: headwater repo sync NAME (headwater repo list has the names)\n";

/** What is compared, as it was typed. */
type Arguments = readonly [
  name: string,
  from: string | undefined,
  to: string | undefined,
  options: ConnectionOptions,
];

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
    .action(async (...given: Arguments) => compare(context, given));
}

async function compare(
  context: Context,
  [name, from, to, { environment, format, ...options }]: Arguments,
): Promise<void> {
  const { project, workflow } = isWorkflowName(name)
    ? parseWorkflowName(name)
    : { project: name, workflow: undefined };
  const client = await connect(context.io, options);
  const query = { environment, workflow, from, to };
  const answer = await client.compareCommits({ params: { project }, query });
  const runsInFlight = affectedRuns(answer.plan, await listRunsInFlight(client, { project, environment }));
  const sides = { from: answer.from.slice(0, SHORT), to: answer.to.slice(0, SHORT), runsInFlight };
  const note = to === undefined && answer.from === answer.to ? NOTHING_NEWER : "";
  const text = (): string => paintPlan(renderPlanText(answer.plan, sides), context.style) + note;
  print(context, { ...answer, runsInFlight }, { format, text });
}

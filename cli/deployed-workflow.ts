import { ApiError, type Client, type Run, type Workflow } from "@headwater/api";
import { environmentOption } from "./environment-text.js";

const COMMIT_LENGTH = 8;

/** The workflow of a run as its environment has it now; null when it is not deployed any more. @throws ApiError */
export async function deployedWorkflow(
  client: Client,
  { project, environment, workflow }: Run,
): Promise<Workflow | null> {
  try {
    const found = await client.getWorkflow({ params: { project, workflow }, query: { environment } });
    return found.removedAt === null ? found : null;
  } catch (error) {
    if (error instanceof ApiError && error.code === "workflow-not-found") return null;
    throw error;
  }
}

/** That a run waits because its workflow is paused, and how that ends; null when it does not. */
export function pausedText({ status }: Run, workflow: Workflow | null): string | null {
  if (status !== "queued" || workflow === null || workflow.paused === null) return null;
  const { by, reason } = workflow.paused;
  const name = `${workflow.project}/${workflow.workflow}`;
  const option = environmentOption(workflow.environment);
  return `It waits: ${name} is paused by ${by}${reason === "" ? "" : ` (${reason})`}. Let it go on: headwater resume ${name}${option}`;
}

/** What of a commit people read. */
export function shorten(commit: string): string {
  return commit.slice(0, COMMIT_LENGTH);
}

import { nearestName, unknownEnvironment } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import type { Store, WorkflowKey } from "../store/store.js";

/** The refusal of a workflow that is not deployed, with the name, or the environment, that was most likely meant. Reads what is deployed: it is for mistakes only. */
export async function unknownWorkflow(
  store: Pick<Store, "listWorkflows">,
  key: WorkflowKey,
  refused: string,
): Promise<ServiceError> {
  const rows = await store.listWorkflows({});
  const deployed = [...new Set(rows.map(({ environment }) => environment))].toSorted();
  if (deployed.length > 0 && !deployed.includes(key.environment))
    return new ServiceError(
      "workflow-not-found",
      `${refused}. ${unknownEnvironment(key.environment, deployed)}`,
    );
  const names = rows.filter(({ environment }) => environment === key.environment).map(nameOf);
  const nearest = nearestName(nameOf(key), names);
  const question = nearest === null ? "" : `. Did you mean "${nearest}"?`;
  return new ServiceError("workflow-not-found", `${refused}${question}`, {
    data: nearest === null ? {} : { nearest },
  });
}

function nameOf({ project, workflow }: WorkflowKey): string {
  return `${project}/${workflow}`;
}

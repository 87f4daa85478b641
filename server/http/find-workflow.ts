import { unknownWorkflow } from "../runs/unknown-workflow.js";
import type { Store, WorkflowKey, WorkflowRow } from "../store/store.js";

/** The workflow, also one with a tombstone. @throws ServiceError workflow-not-found */
export async function findWorkflow(store: Store, key: WorkflowKey): Promise<WorkflowRow> {
  const row = await store.findWorkflow(key);
  if (row !== null) return row;
  const { project, environment, workflow } = key;
  throw await unknownWorkflow(
    store,
    key,
    `Cannot find workflow "${project}/${workflow}" in environment "${environment}": no such workflow was ever deployed`,
  );
}

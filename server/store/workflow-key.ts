/** A workflow of one environment of one project. */
export interface WorkflowKey {
  readonly project: string;
  readonly environment: string;
  readonly workflow: string;
}

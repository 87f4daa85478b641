export interface RunState {
  readonly status: import("./run-status.js").RunStatus;
}

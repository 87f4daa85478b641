import type { ValueType } from "../types/value-type.js";

/** What a step gives that starts a run of another workflow and does not wait for it. */
export const STARTED_RUN_OUTPUTS: Readonly<Record<string, ValueType>> = { run_id: { name: "string" } };

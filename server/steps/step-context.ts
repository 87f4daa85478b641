import type { AttemptRequest, AttemptResult } from "@headwater/engine";
import type { SecretScope } from "../secrets/secrets.js";

/** One attempt as a step kind sees it: what to do, where it may do it, and how to say what happened. */
export interface Attempt<Request extends AttemptRequest = AttemptRequest> {
  readonly runId: string;
  readonly path: string;
  /** The fence: 1, 2, … A result that carries an older number is refused by the engine. */
  readonly attempt: number;
  readonly request: Request;
  /** What steps see as `HEADWATER_*` variables: run id, workflow, commit, attempt and so on. */
  readonly variables: Readonly<Record<string, string>>;
  /** Which secrets it may have. */
  readonly secretScope: SecretScope;
  /** The repository's tree at the run's commit, made when first asked for. */
  tree(): Promise<string>;
  /** The project's own folder, kept from run to run, made when needed: `$HEADWATER_DATA`, where SQL's relative paths lead. */
  readonly dataFolder: string;
  /** The log file of this attempt; it and its folder are made when there is something to write. */
  readonly logFile: string;
  /** Where `$HEADWATER_OUTPUT` points; the file does not exist, its folder is made when needed. */
  readonly outputFile: string;
}

/** Narrows an attempt to its kind. */
export function isAttemptOf<Kind extends AttemptRequest["kind"]>(
  attempt: Attempt,
  kind: Kind,
): attempt is Attempt<Extract<AttemptRequest, { readonly kind: Kind }>> {
  return attempt.request.kind === kind;
}

/** Aborted when the attempt must stop: its reason is `canceled` or `timeout`. */
export type StopSignal = AbortSignal;

/** One step kind. It never throws: a failure of the service itself is a result of class `platform`. */
export type StepKind<Request extends AttemptRequest> = (
  attempt: Attempt<Request>,
  stop: StopSignal,
  onStarted: () => void,
) => Promise<AttemptResult>;

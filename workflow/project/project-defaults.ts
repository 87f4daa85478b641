import type { DatabaseServer, ParamDefinition, RetryPolicy } from "../definition/definition.js";

/** What `headwater.yaml` fills into workflows that are silent, and what they may name of it. */
export interface ProjectDefaults {
  /** IANA name. */
  readonly timezone: string;
  /** For steps without a timeout; null for no limit. */
  readonly timeoutMs: number | null;
  readonly retry: RetryPolicy;
  readonly owner: string | null;
  /** The workers for steps that name none; null for any. */
  readonly pool: string | null;
  /** Databases by the name that steps give them; `duckdb` is none of them. */
  readonly connections: Readonly<Record<string, DatabaseServer>>;
  /** The inputs of plug-ins, by the name that steps give them. */
  readonly plugins: Readonly<Record<string, readonly ParamDefinition[]>>;
}

/** The defaults of the language, for a project that sets none. */
export const LANGUAGE_DEFAULTS: ProjectDefaults = {
  timezone: "UTC",
  timeoutMs: null,
  retry: {
    errors: 0,
    platform: 10,
    timeouts: 0,
    delayMs: 30_000,
    backoff: "exponential",
    maxDelayMs: 600_000,
  },
  owner: null,
  pool: null,
  connections: {},
  plugins: {},
};

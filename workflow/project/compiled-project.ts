import type { WorkflowDefinition, WorkflowProperties } from "../definition/definition.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { WorkflowTestFile } from "../testing/test-case.js";
import type { Webhook } from "./webhooks.js";

/** A whole repository, compiled: always a best effort, whatever the bytes; deployable when no diagnostic is an error. */
export interface CompiledProject {
  readonly settings: ProjectSettings;
  /** Sorted by id. */
  readonly workflows: readonly CompiledWorkflow[];
  /** The test files, sorted by path; what of a file cannot be read is left out. */
  readonly tests: readonly WorkflowTestFile[];
  /** Sorted by file, then by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many files of each kind were read. */
  readonly files: { readonly workflows: number; readonly templates: number; readonly tests: number };
}

export interface CompiledWorkflow {
  readonly id: string;
  readonly path: string;
  readonly definition: WorkflowDefinition;
  readonly properties: WorkflowProperties;
  /** 64 hex digits: the SHA-256 of what `definition` means, see `fingerprintOf`. */
  readonly fingerprint: string;
  /**
   * Paths of files that it is made of and that could not be read, its own or those that it names: what would come of them is
   * missing in `definition`. Each has a finding; empty for all that is deployable.
   */
  readonly unread: readonly string[];
  /** What else of the project it names: paths of templates, and ids of the workflows that its steps run. */
  readonly uses: { readonly templates: readonly string[]; readonly workflows: readonly string[] };
}

/** Where a branch is deployed, and what may happen there. */
export interface EnvironmentSettings {
  readonly branch: string;
  /** Whether schedules and signals fire. */
  readonly triggers: boolean;
  /** Glob patterns of other branches whose workflows backfills may run there. */
  readonly backfillsFrom: readonly string[];
}

/** `headwater.yaml` with every default filled in. */
export interface ProjectSettings {
  /** Unique in the service; null when the file or the key is missing. */
  readonly project: string | null;
  readonly owner: string | null;
  /** Glob patterns of where to look; `["**"]` by default. */
  readonly workflows: readonly string[];
  readonly environments: Readonly<Record<string, EnvironmentSettings>>;
  /** By name. */
  readonly webhooks: Readonly<Record<string, Webhook>>;
  readonly policies: {
    readonly requireOwner: boolean;
    readonly requireTests: boolean;
    /** A share from 0 to 1, or null for no limit. */
    readonly maxDeletedWorkflows: number | null;
    /** Only commits with a good signature are deployed. */
    readonly signedCommits: boolean;
  };
}

/** Holds processes of this machine to a share of its processors. */
export interface CpuLimits {
  /** @param cpus null for any share */
  open(cpus: number | null): CpuLimit;
}

/** What one process, and all that it starts, may have of the processors together. */
export interface CpuLimit {
  /** False where the system lets nobody hold them, or refuses this share. */
  readonly isHeld: boolean;
  /** The command that runs this one within it. */
  wrap(command: { readonly file: string; readonly args: readonly string[] }): {
    readonly file: string;
    readonly args: readonly string[];
  };
  /** When all of it has ended. */
  close(): void;
}

import type { StepResources } from "@headwater/workflow";

/** A process that a step wants in a container, and what of the machine it sees there. */
export interface ContainerCommand {
  readonly image: string;
  readonly resources: StepResources | null;
  /** Takes the place of the image's own entry point. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folders that it sees at the same place as everybody else, to read and to write. */
  readonly folders: readonly string[];
  /** For whoever looks at the engine's own list, such as the run and the step. */
  readonly labels: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly maxLogBytes: number;
  readonly masks: readonly string[];
  /** After SIGTERM its shell has this long before SIGKILL. */
  readonly killAfterMs: number;
}

/** Why a container did not run. */
export class ContainerError extends Error {
  readonly code = "container-refused";
  /** `final`: the same commit will always fail so; `error`: the user's, and may pass; `platform`: the machine's. */
  readonly blame: "final" | "error" | "platform";

  constructor(blame: ContainerError["blame"], message: string) {
    super(message);
    this.name = "ContainerError";
    this.blame = blame;
  }
}

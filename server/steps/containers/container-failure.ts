import type { ProcessExit } from "../process-host.js";
import { ContainerError, type ContainerCommand } from "./container-command.js";

/** What the engine says of a container that has ended. */
export interface ContainerState {
  /** Such as `exited` or `created`. */
  readonly status: string;
  readonly isOutOfMemory: boolean;
}

/** What registries and engines say when the image, not the way to it, is the matter. */
const NO_SUCH_IMAGE =
  /manifest unknown|not found|no such image|denied|unauthorized|did not resolve|invalid reference|image not known/i;
/** States of a container whose command has not been started. */
const NEVER_RAN = /^(?:created|configured|initialized)$/;
/** What the first processes of Podman and Docker say. */
const NO_COMMAND = /catatonit:\d+\): failed to exec|FATAL tini \(\d+\)\] exec /;
/** 128 and the number of SIGKILL. */
const KILLED = 137;

/** Why there is no container of the image. */
export function creationFailure(image: string, reason: string): ContainerError {
  const blame = NO_SUCH_IMAGE.test(reason) ? "error" : "platform";
  return new ContainerError(blame, `Cannot make a container of image "${image}": ${reason}`);
}

/** What the exit code alone does not tell. @throws ContainerError when the command never ran */
export function explainExit(
  { image, file, resources }: ContainerCommand,
  exit: ProcessExit,
  { status, isOutOfMemory }: ContainerState,
): ProcessExit {
  if (NO_COMMAND.test(exit.lastErrorLine)) {
    throw new ContainerError("final", `Cannot start the container: image "${image}" has no "${file}"`);
  }
  if (NEVER_RAN.test(status)) throw startFailure(exit.lastErrorLine);
  const limit = resources?.memoryBytes ?? null;
  // Not all engines notice when the kernel does it.
  const isKilled = exit.kind === "exited" && exit.code === KILLED && limit !== null;
  if (!isOutOfMemory && !isKilled) return exit;
  return { ...exit, lastErrorLine: "killed, as is done to what needs more memory than its resources allow" };
}

function startFailure(reason: string): ContainerError {
  const isMissing = /executable file|no such file|not found/i.test(reason);
  return new ContainerError(isMissing ? "final" : "platform", `Cannot start the container: ${reason}`);
}

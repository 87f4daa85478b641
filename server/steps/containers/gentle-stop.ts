import type { ContainerCommand } from "./container-command.js";

/**
 * Stays until all that it has started is gone once it was told to stop. A container ends with its first command, and a shell is ended by
 * SIGTERM while its children still put away what they have open; nor does it hand the signal on. What is ignored would be ignored by the
 * children too, so the signal is caught. Signal 0 tells whether any other process is there.
 */
const STAYING = `trap 'stopped=1' TERM
"$@"
code=$?
while [ "$stopped" = 1 ] && kill -0 -1 2>/dev/null; do sleep 0.1 2>/dev/null || sleep 1 || break; done
exit $code`;

/** Everything in the container but its first process and itself. Source: kill(2). */
const SIGNAL_ALL = "kill -TERM -1";

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash"]);

type Executed = Pick<ContainerCommand, "file" | "args">;

/** The command as the container executes it: a script gets a shell around it that outlives SIGTERM; other programs are as they are. */
export function stayingCommand({ file, args }: Executed): Executed {
  return SHELLS.has(file) ? { file, args: ["-c", STAYING, file, file, ...args] } : { file, args };
}

/** What is executed beside a script to tell all of it to stop; null for other programs, which get the engine's own signal. */
export function signalCommand({ file }: Pick<Executed, "file">): readonly string[] | null {
  return SHELLS.has(file) ? [file, "-c", SIGNAL_ALL] : null;
}

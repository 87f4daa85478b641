import type { Clock } from "../../clock.js";
import { readProcessStat } from "../../processes/process-stat.js";

const LOOK_MS = 500;
/** Of a tick, in which Linux tells what a process has had. Source: proc_pid_stat(5), USER_HZ */
const TICK_MS = 10;
/** A processor that is busy with other things is no fault of what is compiled, up to here. */
const PATIENCE = 10;

/**
 * Ends a process that has had the processor for longer than `cpuMs` from now on, or takes ten times as long for whatever reason. Where the
 * system does not tell what a process has had, `cpuMs` is of the clock on the wall. @returns what cancels it
 */
export function limitTime(
  pid: number,
  { clock, cpuMs }: { readonly clock: Pick<Clock, "after" | "steady">; readonly cpuMs: number },
  end: (reason: string) => void,
): () => void {
  const [hadMs, begunAt] = [cpuMsOf(pid), clock.steady()];
  const wallMs = hadMs === null ? cpuMs : cpuMs * PATIENCE;
  let cancel = (): void => undefined;
  const look = (): void => {
    const waitMs = begunAt + wallMs - clock.steady();
    if ((cpuMsOf(pid) ?? 0) - (hadMs ?? 0) > cpuMs)
      return end(`it took more than ${cpuMs / 1000} s of the processor`);
    if (waitMs <= 0) return end(`it took longer than ${wallMs / 1000} s`);
    cancel = clock.after(Math.min(LOOK_MS, waitMs), look);
  };
  cancel = clock.after(Math.min(LOOK_MS, wallMs), look);
  return () => cancel();
}

/** Null where the system does not tell, or the process is gone. */
function cpuMsOf(pid: number): number | null {
  const stat = readProcessStat(pid);
  return stat === null ? null : (Number(stat[11]) + Number(stat[12])) * TICK_MS;
}

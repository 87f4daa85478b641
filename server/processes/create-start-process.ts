import { loadLibc } from "./libc.js";
import { nodeSpawn } from "./node-spawn.js";
import { createPosixSpawn } from "./posix-spawn.js";
import type { StartProcess } from "./started-process.js";

/** The way that costs least on this machine. */
export function createStartProcess(): StartProcess {
  const libc = loadLibc();
  return libc === null ? nodeSpawn : createPosixSpawn(libc);
}

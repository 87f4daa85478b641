import { readFileSync } from "node:fs";

/** Of the machine's present start; null where it has none. Source: random(4). Linux only. */
export function readBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

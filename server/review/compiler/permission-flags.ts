import type { Log } from "../../log.js";

/**
 * Where this Node.js can, the process may neither write files nor start anything, and reads no file but those of its program.
 * Source: https://nodejs.org/api/permissions.html
 */
export function permissionFlags(readable: readonly string[]): readonly string[] {
  const flag = flagOf(process.allowedNodeEnvironmentFlags);
  if (flag === undefined) return [];
  return [flag, ...readable.map((path) => `--allow-fs-read=${path}`), "--no-warnings"];
}

/** Tells the operator where it cannot: nothing else would. @param flags that this Node.js takes */
export function warnOfRights(log: Pick<Log, "warn">, flags = process.allowedNodeEnvironmentFlags): void {
  if (flagOf(flags) !== undefined) return;
  log.warn(
    "Compiles pull requests, also of strangers, with all rights of the service: this Node.js has no permission model. Run it with a newer one",
    { node: process.version },
  );
}

function flagOf(flags: ReadonlySet<string>): string | undefined {
  return ["--permission", "--experimental-permission"].find((each) => flags.has(each));
}

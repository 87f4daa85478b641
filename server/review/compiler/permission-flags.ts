import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Log } from "../../log.js";

const BUILT = join(import.meta.dirname, "..", "..");
const PACKAGE = dirname(BUILT);
/** What the process imports of other packages; theirs are found. */
const IMPORTED = ["@headwater/workflow", "@headwater/engine"];

/**
 * Where this Node.js can, the process may neither write files nor start anything, and reads no file but those of the program itself: its
 * code, and the packages that this imports, wherever they are installed. Source: https://nodejs.org/api/permissions.html
 */
export function permissionFlags(): readonly string[] {
  const flag = flagOf(process.allowedNodeEnvironmentFlags);
  if (flag === undefined) return [];
  return [flag, ...readablePaths().map((path) => `--allow-fs-read=${path}`), "--no-warnings"];
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

/** Links are followed before a file is read, so that a package that is linked is readable where it really is. */
function readablePaths(): readonly string[] {
  const packages = new Set<string>();
  for (const name of IMPORTED) addPackage(packages, name, PACKAGE);
  const from = [PACKAGE, ...packages];
  // Node.js looks for a package in each of them, also where there is none.
  const looked = new Set(from.flatMap(packageFolders).map((folder) => join(folder, "*")));
  return [BUILT, join(PACKAGE, "package.json"), ...packages, ...looked];
}

/** A package, and all that it needs. One that is not there is told by the import. */
function addPackage(packages: Set<string>, name: string, importer: string): void {
  const found = packageFolders(importer)
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, "package.json")));
  if (found === undefined) return;
  const folder = realpathSync(found);
  if (packages.has(folder)) return;
  packages.add(folder);
  for (const needed of dependenciesOf(folder)) addPackage(packages, needed, folder);
}

/** Where Node.js looks for what something in a folder imports. Source: https://nodejs.org/api/esm.html#resolution-algorithm-specification, PACKAGE_RESOLVE */
function packageFolders(folder: string): readonly string[] {
  const above = dirname(folder);
  return [join(folder, "node_modules"), ...(above === folder ? [] : packageFolders(above))];
}

function dependenciesOf(folder: string): readonly string[] {
  // It is part of the installation, which names them so.
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  return Object.keys(dependencies);
}

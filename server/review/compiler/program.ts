import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const BUILT = join(import.meta.dirname, "..", "..");
const PACKAGE = dirname(BUILT);
/** What the process imports of other packages; theirs are found. */
const IMPORTED = ["@headwater/workflow", "@headwater/engine"];

/** What the process runs, and all that it may read. */
export interface Program {
  readonly file: string;
  readonly readable: readonly string[];
}

/** The program and all that it imports in one file, which `scripts/bundled-programs.mjs` makes from what the compiler wrote. */
export const BUNDLE = join(PACKAGE, "out", "review-compiler.mjs");

/** Hundreds of modules take three times as long to load as one file. Where only the compiler ran there is no such file, or an old one. */
export function findProgram(): Program {
  return isBundleFresh() ? { file: BUNDLE, readable: [BUNDLE] } : unbundledProgram();
}

/** As the compiler wrote it, with all the packages that it imports. */
export function unbundledProgram(): Program {
  return { file: join(import.meta.dirname, "main.js"), readable: readablePaths() };
}

/** Whether the bundle is there and the compiler has written nothing since it was begun. */
export function isBundleFresh(): boolean {
  const madeAt = timeOf(BUNDLE);
  if (madeAt === null) return false;
  const imported = IMPORTED.map((name) => join(findPackage(name, PACKAGE) ?? "", "dist"));
  return [BUILT, ...imported].every((folder) => {
    const writtenAt = timeOf(join(folder, "tsconfig.tsbuildinfo"));
    return writtenAt !== null && writtenAt <= madeAt;
  });
}

function timeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
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
  const folder = findPackage(name, importer);
  if (folder === null || packages.has(folder)) return;
  packages.add(folder);
  for (const needed of dependenciesOf(folder)) addPackage(packages, needed, folder);
}

/** The folder of a package, as it is found from one that imports it. */
function findPackage(name: string, importer: string): string | null {
  const found = packageFolders(importer)
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, "package.json")));
  return found === undefined ? null : realpathSync(found);
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

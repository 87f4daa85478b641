import { statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join, resolve } from "node:path";

/** Where the code of a plug-in is. */
export type PluginModule =
  | { readonly path: string }
  /** A package that only an `import` finds, which nobody does before it is executed: its name, and from where. */
  | { readonly specifier: string; readonly folder: string };

const ENTRY = /^([A-Za-z][A-Za-z0-9._-]{0,62})\s*=\s*(\S.*)$/;

/**
 * The modules of plug-ins, from entries such as `dbt=@acme/headwater-dbt`: a path, or a package that is installed where `folder` finds it. Nothing
 * of them is executed here.
 */
export function findPlugins(
  entries: readonly string[],
  folder: string,
): { readonly modules: Readonly<Record<string, PluginModule>>; readonly problems: readonly string[] } {
  const modules: Record<string, PluginModule> = {};
  const problems: string[] = [];
  for (const entry of entries) {
    const [, name = "", specifier = ""] = ENTRY.exec(entry) ?? [];
    const found = name === "" ? null : findModule(specifier, folder);
    if (found !== null) modules[name] = found;
    else if (name === "") {
      problems.push(`HEADWATER_PLUGINS must be like "name=./module.mjs,other=package", has "${entry}"`);
    } else {
      problems.push(
        `HEADWATER_PLUGINS names "${specifier}", which is neither a file nor a package in "${folder}"`,
      );
    }
  }
  return { modules, problems };
}

function findModule(specifier: string, folder: string): PluginModule | null {
  if (/^[./]/.test(specifier)) {
    const path = resolve(folder, specifier);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? { path } : null;
  }
  // A part of Node.js is no plug-in.
  if (isBuiltin(specifier)) return null;
  try {
    return { path: createRequire(join(folder, "package.json")).resolve(specifier) };
  } catch (error) {
    // It is there, and leads nobody who asks as `require` does to anything; or it is not there, which the caller says.
    const isForImport = error instanceof Error && "code" in error && error.code === NOT_FOR_REQUIRE;
    return isForImport ? { specifier, folder } : null;
  }
}

/** Source: https://nodejs.org/api/errors.html#err_package_path_not_exported */
const NOT_FOR_REQUIRE = "ERR_PACKAGE_PATH_NOT_EXPORTED";

import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const ENTRY = /^([A-Za-z][A-Za-z0-9._-]{0,62})\s*=\s*(\S.*)$/;

/**
 * The modules of plug-ins, from entries such as `dbt=@acme/headwater-dbt`: a path, or a package that is installed where `folder` finds it. Nothing
 * of them is executed here.
 */
export function findPlugins(
  entries: readonly string[],
  folder: string,
): { readonly modules: Readonly<Record<string, string>>; readonly problems: readonly string[] } {
  const modules: Record<string, string> = {};
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

function findModule(specifier: string, folder: string): string | null {
  if (/^[./]/.test(specifier)) {
    const path = resolve(folder, specifier);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : null;
  }
  try {
    return createRequire(join(folder, "package.json")).resolve(specifier);
  } catch {
    // The caller says that it is not there.
    return null;
  }
}

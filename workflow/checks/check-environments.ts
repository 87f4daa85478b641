import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { suggestion } from "../diagnostics/nearest-name.js";
import { collectFindings } from "../diagnostics/report.js";
import type { ProjectSettings } from "../project/compiled-project.js";
import type { CheckedFile } from "./checked-file.js";

/** Where all of a project runs that names none. */
const WITHOUT_ENVIRONMENTS = "production";
/** Those of tests and simulations that do not say another. */
const NOT_DEPLOYED = ["test", "simulation"];

/** Expressions ask for environments that the project has. */
export function checkEnvironments(
  files: readonly CheckedFile[],
  { environments }: Pick<ProjectSettings, "environments">,
): readonly Diagnostic[] {
  const declared = Object.keys(environments);
  const names = declared.length === 0 ? [WITHOUT_ENVIRONMENTS] : declared;
  const known = new Set([...names, ...NOT_DEPLOYED]);
  return files.flatMap(({ path, fields }) => {
    if (fields.environments.length === 0) return [];
    const { report, diagnostics } = collectFindings(path);
    for (const { value, range } of fields.environments) {
      if (known.has(value)) continue;
      const near = suggestion(value, names);
      const { nearest } = near.data;
      const there = `it has ${names.map((name) => `"${name}"`).join(", ")}`;
      const message = `No run is in the environment "${value}" of this project: ${nearest === undefined ? there : `did you mean "${nearest}"?`}`;
      report({ code: "unknown-environment", message: message.slice(0, 300), range });
    }
    return diagnostics;
  });
}

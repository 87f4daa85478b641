import { suggestion, writeInstead } from "../diagnostics/nearest-name.js";
import type { TextRange } from "../diagnostics/diagnostic.js";
import type { Report } from "../diagnostics/report.js";
import type { StepNode } from "../model/step-tree.js";
import type { ProjectDefaults } from "../project/project-defaults.js";

/** The connection that is always there. */
export const EMBEDDED_DATABASE = "duckdb";

/** A connection is the embedded database, or one that `headwater.yaml` names. A template's is told where the template is used. */
export function checkConnection(
  { fields, template }: Pick<StepNode, "fields" | "template">,
  defaults: Pick<ProjectDefaults, "connections">,
  report: Report,
): void {
  const own = fields.sql?.value.connection;
  if (own !== undefined) checkName(own, { defaults, report, canMend: true });
  const inTemplate = template?.fields.sql?.value.connection;
  if (inTemplate === undefined || fields.use === undefined) return;
  checkName({ value: inTemplate.value, range: fields.use.range }, { defaults, report, canMend: false });
}

function checkName(
  { value: name, range }: { readonly value: string; readonly range: TextRange },
  {
    defaults: { connections },
    report,
    canMend,
  }: {
    readonly defaults: Pick<ProjectDefaults, "connections">;
    readonly report: Report;
    readonly canMend: boolean;
  },
): void {
  if (name === EMBEDDED_DATABASE || Object.hasOwn(connections, name)) return;
  const near = suggestion(name, [EMBEDDED_DATABASE, ...Object.keys(connections)]);
  const { nearest } = near.data;
  const advice = nearest === undefined ? ': name it in "connections" of headwater.yaml' : near.text;
  const message = `The project has no connection "${name}"${advice}`;
  const mend = nearest === undefined || !canMend ? {} : writeInstead(nearest, range);
  report({ code: "unknown-connection", message, range, ...mend });
}

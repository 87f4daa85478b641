import { itemsOf, valueOr } from "../schema/field-value.js";
import { compileParamDefinitions } from "../compile/compile-params.js";
import { checkDefaults } from "../checks/check-defaults.js";
import { checkParams } from "../checks/check-params.js";
import { templateScope } from "../checks/expression-scope.js";
import { lazily } from "../checks/expression-sites.js";
import { compileRetry } from "../compile/step-common.js";
import type { Diagnostic, TextRange } from "../diagnostics/diagnostic.js";
import { collectFindings, reportUpTo, type Report } from "../diagnostics/report.js";
import { createExpressionChecker } from "../expressions/check-expression.js";
import { createExpressionLibrary } from "../expressions/expression-library.js";
import { settingsSchema, type SettingsFields } from "../schema/settings-schema.js";
import { parseYamlFile } from "../syntax/parse-yaml.js";
import { createTimeZones, noTimeZone } from "../types/time-zones.js";
import type { ProjectSettings } from "./compiled-project.js";
import { checkConnections, connectionsOf } from "./connections.js";
import { SETTINGS_PATH } from "./file-kind.js";
import { LANGUAGE_DEFAULTS, type ProjectDefaults } from "./project-defaults.js";
import { checkWebhooks, webhooksOf } from "./webhooks.js";
import type { SourceTree } from "./source-tree.js";

export interface ReadSettings {
  readonly settings: ProjectSettings;
  readonly defaults: ProjectDefaults;
  readonly diagnostics: readonly Diagnostic[];
}

/** `headwater.yaml` of a tree, every default filled in; a tree without one has just the defaults. */
export function readSettings(tree: SourceTree): ReadSettings {
  const { report, diagnostics } = collectFindings(SETTINGS_PATH);
  const { fields, text } = readFields(tree, report);
  checkTimezone(fields, report);
  checkBranches(fields, report);
  checkConnections(fields, text, report);
  checkWebhooks(fields, report);
  const library = createExpressionLibrary();
  for (const { value } of itemsOf(fields.plugins)) {
    const inputs = itemsOf(value.value.inputs);
    checkParams(inputs, { report, library });
    const types = compileParamDefinitions(inputs).map(({ name, type }) => [name, type] as const);
    const checker = lazily(() => createExpressionChecker(templateScope(Object.fromEntries(types)), library));
    checkDefaults(inputs, { text, report, checker, root: "inputs", uses: "alone" });
  }
  return { settings: settingsOf(fields), defaults: defaultsOf(fields), diagnostics };
}

function readFields(
  tree: SourceTree,
  report: Report,
): { readonly fields: SettingsFields; readonly text: string } {
  const bytes = tree.read(SETTINGS_PATH);
  if (bytes === undefined) return { fields: {}, text: "" };
  const { root, text, brokenAt } = parseYamlFile(bytes, report);
  const read = root === null ? null : settingsSchema.read(root, reportUpTo(brokenAt, text, report));
  return { fields: read?.value ?? {}, text };
}

function checkTimezone(fields: SettingsFields, report: Report): void {
  const timezone = fields.defaults?.value.timezone;
  if (timezone === undefined || createTimeZones().has(timezone.value)) return;
  report({ code: "unknown-timezone", ...noTimeZone(timezone.value), range: timezone.range });
}

/** A branch is deployed to one environment: the first that names it. */
function checkBranches({ environments }: SettingsFields, report: Report): void {
  const first = new Map<string, { readonly name: string; readonly range: TextRange }>();
  for (const { key: name, value } of itemsOf(environments)) {
    const { branch } = value.value;
    if (branch === undefined) continue;
    const other = first.get(branch.value);
    if (other === undefined) {
      first.set(branch.value, { name, range: branch.range });
      continue;
    }
    const message = `Nothing is deployed to "${name}": branch "${branch.value}" goes to "${other.name}", which is the first that names it`;
    const related = [{ message: `goes to "${other.name}"`, file: SETTINGS_PATH, range: other.range }];
    report({ code: "duplicate-branch", message, range: branch.range, related });
  }
}

function settingsOf(fields: SettingsFields): ProjectSettings {
  const policies = fields.policies?.value;
  const environments = itemsOf(fields.environments).map(({ key, value: { value } }) => [
    key,
    {
      branch: valueOr(value.branch, "main"),
      triggers: value.triggers?.value !== "off",
      backfillsFrom: value.backfills_from?.value.map((pattern) => pattern.value) ?? [],
    },
  ]);
  return {
    project: valueOr(fields.project, null),
    owner: valueOr(fields.owner, null),
    workflows: fields.workflows?.value.map((pattern) => pattern.value) ?? ["**"],
    environments: Object.fromEntries(environments) as ProjectSettings["environments"],
    webhooks: webhooksOf(fields),
    policies: {
      requireOwner: valueOr(policies?.require_owner, false),
      requireTests: valueOr(policies?.require_tests, false),
      maxDeletedWorkflows: valueOr(policies?.max_deleted_workflows, null),
      signedCommits: valueOr(policies?.signed_commits, false),
    },
  };
}

function defaultsOf(fields: SettingsFields): ProjectDefaults {
  const defaults = fields.defaults?.value;
  return {
    timezone: valueOr(defaults?.timezone, LANGUAGE_DEFAULTS.timezone),
    timeoutMs: valueOr(defaults?.timeout, null),
    retry: compileRetry(defaults?.retry, LANGUAGE_DEFAULTS.retry),
    owner: valueOr(fields.owner, null),
    pool: valueOr(defaults?.pool, null),
    connections: connectionsOf(fields),
    plugins: Object.fromEntries(
      itemsOf(fields.plugins).map(({ key, value }) => [
        key,
        compileParamDefinitions(itemsOf(value.value.inputs)),
      ]),
    ),
  };
}

import { poolName } from "./capacity-names.js";
import { connectionName, pluginName } from "./extension-names.js";
import { list, map } from "./collections.js";
import { mendedWorkflowId, WORKFLOW_ID_FORM, WORKFLOW_ID_PATTERN } from "./id-forms.js";
import { key, record } from "./record.js";
import type { ValueOf } from "./schema.js";
import { choice, positiveDuration, percentage, text, truth } from "./scalars.js";
import { retrySchema } from "./step-schema.js";
import { paramsSchema } from "./workflow-schema.js";

/** `headwater.yaml` */
export const settingsSchema = record("the project's settings", {
  project: key(
    text("a project's name", {
      pattern: WORKFLOW_ID_PATTERN,
      form: WORKFLOW_ID_FORM,
      code: "invalid-id",
      mended: mendedWorkflowId,
    }),
    "The project's name, unique in the service.",
  ),
  owner: key(text("an owner"), "The owner of workflows that name none."),
  workflows: key(
    list("a list of patterns", text("a pattern"), { orOne: true }),
    "Where to look for files. Default everywhere.",
  ),
  defaults: key(
    record("defaults", {
      timezone: key(text("a time zone"), "The time zone of schedules that name none.", { default: "UTC" }),
      pool: key(poolName, "The pool of steps that name none. Default: `default`."),
      timeout: key(positiveDuration("a timeout"), "The timeout of steps that name none."),
      retry: key(retrySchema, "The retry policy of steps that leave it out, key by key."),
    }),
    "What workflows need not repeat.",
  ),
  connections: key(
    map(
      "a map of connections",
      record("a connection", {
        postgres: key(
          text("an address", {
            expressions: true,
            examples: ["postgres://loader@db.example:5432/warehouse"],
          }),
          "A PostgreSQL server: `postgres://user@host:5432/database`, or one secret that holds all of it.",
          { required: true },
        ),
        password: key(
          text("a secret", { expressions: true }),
          "The user's password: one secret. Default: that of the address, else none.",
        ),
      }),
      connectionName,
    ),
    "Databases that `sql` steps may name, beside `duckdb`.",
  ),
  plugins: key(
    map(
      "a map of plug-ins",
      record("a plug-in", {
        description: key(text("a description"), "What it does."),
        inputs: key(paramsSchema, "What a step gives it by `with`."),
      }),
      pluginName,
    ),
    "Kinds of steps that the service has beside those of the language, with what they take.",
  ),
  environments: key(
    map(
      "a map of environments",
      record("an environment", {
        branch: key(text("a branch"), "The branch that is deployed to it.", { required: true }),
        triggers: key(choice("a switch", ["on", "off"]), "`off`: schedules and signals do not fire.", {
          default: "on",
        }),
      }),
    ),
    "Which branch is deployed where.",
  ),
  policies: key(
    record("policies", {
      require_owner: key(truth("a truth value"), "Every workflow must name an owner, or the project must."),
      require_tests: key(truth("a truth value"), "Every workflow must have a test."),
      max_deleted_workflows: key(
        percentage("a share"),
        "A push that would delete more is held until someone confirms it.",
      ),
      signed_commits: key(truth("a truth value"), "Only signed commits are deployed.", {
        support: "no-effect-yet",
      }),
    }),
    "Rules that a change must keep.",
  ),
});

export type SettingsFields = ValueOf<typeof settingsSchema>;

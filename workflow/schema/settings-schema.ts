import { poolName } from "./capacity-names.js";
import { connectionName, pluginName, webhookName } from "./extension-names.js";
import { list, map } from "./collections.js";
import { mendedWorkflowId, WORKFLOW_ID_FORM, WORKFLOW_ID_PATTERN } from "./id-forms.js";
import { key, record } from "./record.js";
import type { ValueOf } from "./schema.js";
import { ownerName } from "./owner-name.js";
import { choice, positiveDuration, percentage, text, truth } from "./scalars.js";
import { signalName } from "./signal-name.js";
import { retrySchema } from "./step-schema.js";
import { paramsSchema } from "./workflow-schema.js";

/** RFC 6901, but for the pointer to the whole. */
const pointer = text("a JSON pointer", {
  pattern: /^(?:\/(?:[^~/]|~[01])*)+$/,
  form: "the way to a value, such as /data/object/id or /Records/0/key",
  examples: ["/data/id"],
});

const HEADER = "[A-Za-z][A-Za-z0-9-]{0,99}";

const webhooksSchema = map(
  "a map of webhooks",
  record("a webhook", {
    signal: key(signalName, "The signal that a request is recorded as.", { required: true }),
    secret: key(text("a secret", { expressions: true }), "What the sender knows too: one secret.", {
      required: true,
    }),
    proof: key(
      choice("a proof", ["token", "hmac", "timestamped_hmac"]),
      "How the sender proves itself: `token` sends the secret itself; `hmac` signs the body by HMAC-SHA256, in hexadecimal digits or base64; `timestamped_hmac` signs the time and the body as Stripe does (`t=…,v1=…`), and is refused after five minutes.",
      { default: "token" },
    ),
    header: key(
      text("a header", { pattern: new RegExp(`^${HEADER}$`), form: "letters, digits and -" }),
      "Where the proof is. Default: `Authorization` (with or without `Bearer`), `X-Hub-Signature-256`, `Stripe-Signature`.",
    ),
    each: key(
      pointer,
      "A list in the body, of which each item is a signal of its own. Default: the body is one.",
    ),
    params: key(
      map("a map of params", pointer),
      "The signal's params: where each stands in the body, or in the item. What is not there is left out.",
    ),
    dedupe: key(
      text("what tells deliveries apart", {
        pattern: new RegExp(`^(?:(?:/(?:[^~/]|~[01])*)+|${HEADER})$`),
        form: "a JSON pointer such as /id, or the name of a header such as X-Request-Id",
        examples: ["/id"],
      }),
      "A delivery with the same value is the same one, however often it comes. Default: every delivery counts.",
    ),
  }),
  webhookName,
);

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
  owner: key(ownerName, "The owner of workflows that name none."),
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
  webhooks: key(webhooksSchema, "Requests from outside that become signals."),
  environments: key(
    map(
      "a map of environments",
      record("an environment", {
        branch: key(text("a branch"), "The branch that is deployed to it.", { required: true }),
        triggers: key(choice("a switch", ["on", "off"]), "`off`: schedules and signals do not fire.", {
          default: "on",
        }),
        backfills_from: key(
          list("a list of patterns", text("a pattern", { examples: ["backfill/*"] }), { orOne: true }),
          "Other branches whose workflows backfills may run here before they are merged. Default: none.",
        ),
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
        "A push that would delete more is held until someone confirms it. A push that changes the limit is held against the stricter of before and after.",
      ),
      signed_commits: key(
        truth("a truth value"),
        "Only commits are deployed that somebody has signed whom the service knows. Turning it off needs such a commit too.",
      ),
    }),
    "Rules that a change must keep.",
  ),
});

export type SettingsFields = ValueOf<typeof settingsSchema>;

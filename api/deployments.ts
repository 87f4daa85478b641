import * as z from "zod";
import type { Plan } from "@headwater/workflow";
import { acted, environment, epochMs, limit, list, shortText } from "./values.js";

/** A finding at a place in a file; lines and columns from 1. */
export const finding = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  severity: z.enum(["error", "warning", "info"]),
  code: z.string(),
  message: z.string(),
});
export type Finding = z.output<typeof finding>;

export const deployment = z.object({
  id: z.string(),
  repositoryId: z.string(),
  project: z.string().nullable(),
  environment: z.string(),
  branch: z.string().nullable().meta({ description: "Null of a deployment of before this was kept" }),
  commit: z.string(),
  commitAuthor: z.string().nullable(),
  commitCommitter: z.string().nullable().meta({
    description: "Who put it on the branch; of a merge on a Git host often that host",
  }),
  commitSubject: z.string().nullable(),
  committedAt: epochMs.nullable(),
  status: z.enum(["active", "superseded", "removed", "refused", "held", "unchanged"]).meta({
    description:
      "`active`: in force now, one for each environment of a project; `superseded`, `removed`: was in force until another one was, or until its repository was removed",
  }),
  reason: z.string().nullable(),
  diagnostics: list(finding),
  added: list(z.string()),
  changed: list(z.string()),
  removed: list(z.string()),
  unchanged: z.int(),
  rewritten: z
    .object({
      from: z.string().meta({ description: "The head of the branch before" }),
      commits: z.int().nullable().meta({
        description: "How many commits that led to it are no longer on the branch; null when nobody knows",
      }),
      isUnrelated: z.boolean().meta({ description: "The two heads have no commit in common" }),
    })
    .nullable()
    .meta({
      description: "Set when the branch was pushed by force, and does not go on from its head before",
    }),
  versions: list(z.object({ workflow: z.string(), number: z.int() })).meta({
    description: "The versions that workflows have since it was activated and had not before",
  }),
  confirmed: acted.nullable().meta({ description: "Who has confirmed the commit, which was held" }),
  pinned: acted
    .nullable()
    .meta({ description: "Who has pinned the environment to the commit by this deployment" }),
  unpinned: acted.nullable().meta({
    description: "Who has undone the pin of the environment, so that it was deployed without a push",
  }),
  seenAt: epochMs.meta({ description: "When the service was told of the push, or began to look for one" }),
  endedAt: epochMs.meta({ description: "When this became true: of an active one, when it was activated" }),
});
export type Deployment = z.output<typeof deployment>;

/** Something that kept commits from being seen, or lost them. */
export const sourceEvent = z.object({
  id: z.string(),
  repositoryId: z.string(),
  repository: z.string().nullable().meta({ description: "Its name; null when it was removed" }),
  branch: z.string().nullable().meta({ description: "Null when it concerns all of the repository" }),
  kind: z.enum(["unreachable", "branch-missing", "commit-vanished", "mirror-damaged"]).meta({
    description:
      "The host could not be read; the branch was not there; the host had the head that it told of no longer when it was fetched; the mirror was damaged and made anew",
  }),
  detail: z.string(),
  lostCommits: list(z.string()).meta({
    description: "Commits that were kept for runs and that nobody has any more",
  }),
  since: epochMs.meta({ description: "When it was noticed" }),
  until: epochMs.nullable().meta({ description: "When it was over; null while it goes on" }),
});
export type SourceEvent = z.output<typeof sourceEvent>;

/** Newest first. */
export const deploymentList = z.object({
  deployments: list(deployment),
  sourceEvents: list(sourceEvent).meta({
    description: "What happened to the repositories since the oldest of these deployments, newest first",
  }),
});

export const deploymentQuery = z.strictObject({
  project: shortText.optional(),
  environment: environment.unwrap().optional(),
  repositoryId: shortText.optional(),
  commit: shortText
    .optional()
    .meta({ description: "A commit, which may be shortened, or the id of a deployment" }),
  limit,
});

export const deploymentName = z.strictObject({ id: shortText });
export const projectName = z.strictObject({ project: shortText });

const by = z.string().min(1).max(200).default("api");
const why = z.string().min(1).max(1000);

export const confirming = z.strictObject({
  by,
  reason: why.meta({ description: "Why it is meant; it is kept with the deployment" }),
});

export const pinning = z.strictObject({
  commit: shortText.meta({ description: "7 or more digits of its id" }),
  by,
  reason: why.meta({ description: "Why; it is shown wherever the environment is" }),
});

export const unpinning = z.strictObject({ by, reason: z.string().max(1000).default("") });

/** The name first that is meant where none is named, then by name. */
export const environmentList = z.object({
  environments: list(
    z.object({
      name: z.string(),
      projects: z.int().meta({ description: "How many have workflows deployed in it" }),
    }),
  ),
});

/** An environment that a person keeps at a commit, whatever its branch does. */
export const pin = acted.extend({
  project: z.string(),
  environment: z.string(),
  repositoryId: z.string(),
  commit: z.string(),
  ended: acted.nullable().meta({ description: "Who has undone it; null while it holds" }),
});
export type Pin = z.output<typeof pin>;

/** Newest first. */
export const pinList = z.object({ pins: list(pin) });

export const pinQuery = z.strictObject({ project: shortText.optional(), limit });

/** What a change is held against before anybody pushes it. */
export const projectSources = z.object({
  branch: z.string(),
  commit: z.string().meta({ description: "The head of the branch, deployed or not" }),
  paths: list(z.string()).meta({ description: "Of all files of the project" }),
  files: list(z.object({ path: z.string(), text: z.string() })).meta({
    description: "Those that the compiler reads: definitions, queries and scripts",
  }),
});

const side = shortText.meta({
  description:
    "A commit, which may be shortened; the id of a deployment; of one workflow the number of a version",
});

export const comparisonQuery = z.strictObject({
  environment,
  workflow: shortText.optional().meta({ description: "Compare only this one" }),
  from: side.optional(),
  to: side.optional(),
});

export const comparison = z.object({
  from: z.string().meta({ description: "A commit" }),
  to: z.string().meta({ description: "A commit" }),
  plan: z
    .custom<Plan>((value) => typeof value === "object" && value !== null)
    .meta({ type: "object", description: "The changes, as `headwater plan --format json` has them" }),
});
export type Comparison = z.output<typeof comparison>;

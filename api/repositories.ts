import * as z from "zod";
import { pin } from "./deployments.js";
import { epochMs, list, shortText } from "./values.js";

/** `environments`: also every other branch for which the deployed `headwater.yaml` declares an environment. */
const follows = z.enum(["branch", "environments"]);

export const repository = z.object({
  id: z.string(),
  name: z.string().meta({ description: "Unique; what people type" }),
  url: z.string().meta({ description: "Without credentials" }),
  redirectedTo: z.string().nullable().meta({
    description:
      "Where its host sends on who asks for it there, because it was renamed or moved; null when it does not",
  }),
  branch: z.string(),
  follows: follows.meta({
    description: "`branch` alone, or also those of all `environments` of its deployed headwater.yaml",
  }),
  declared: z
    .object({
      by: z.string().meta({ description: "The id of the repository" }),
      environment: z.string(),
    })
    .nullable()
    .meta({
      description:
        "Which repository's headwater.yaml declares it, and for what; null when it is registered itself",
    }),
  unfollowed: list(z.object({ environment: z.string(), branch: z.string() })).meta({
    description: "Environments that its deployed headwater.yaml declares, and whose branches nobody follows",
  }),
  createdAt: epochMs,
  headCommit: z
    .string()
    .nullable()
    .meta({ description: "The last commit of the branch that was seen, deployed or not" }),
  checkedAt: epochMs.nullable(),
  cloning: z.boolean().meta({
    description:
      "It is cloned for the first time, which a start of the service goes on with: nothing is known of it yet",
  }),
  problem: z.string().nullable().meta({ description: "Why the last check failed; null when it did not" }),
  notLive: z
    .object({
      commit: z.string(),
      status: z.enum(["refused", "held"]),
      project: z.string().nullable(),
      liveCommit: z.string().nullable().meta({
        description: "What runs in its place: the last commit that was deployed; null when none was",
      }),
    })
    .nullable()
    .meta({
      description: "The newest commit, when it was refused or held; null when it is deployed, or not decided",
    }),
  pins: list(pin).meta({ description: "Environments of it that are kept at a commit, whatever is pushed" }),
});
export type Repository = z.output<typeof repository>;

export const repositoryList = z.object({ repositories: list(repository) });

export const repositoryName = z.strictObject({ name: shortText });

export const newRepository = z.strictObject({
  url: z.string().min(1).max(2000).meta({ description: "Anything that git can clone" }),
  branch: z.string().min(1).max(250).optional().meta({ description: "Default: the remote's own" }),
  name: z.string().min(1).max(100).optional().meta({ description: "Default: the last part of the URL" }),
  follows: follows
    .optional()
    .meta({ description: "Default: `branch` where one is named, else `environments`" }),
});

export const changedRepository = z.strictObject({
  url: z.string().min(1).max(2000).optional().meta({ description: "Where it is now" }),
  branch: z.string().min(1).max(250).optional(),
  name: z.string().min(1).max(100).optional(),
  follows: follows.optional(),
});

export const removedRepository = z.object({ removed: z.string() });

export const hint = z.object({
  repositories: z.int().meta({ description: "How many repositories will be looked at now" }),
});

export const received = z.object({
  accepted: z.boolean().meta({ description: "False when it is of no concern here" }),
});

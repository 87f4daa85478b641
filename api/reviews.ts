import * as z from "zod";
import { finding } from "./deployments.js";
import { epochMs, list, shortText } from "./values.js";

export const reviewName = z.strictObject({
  host: z.enum(["github", "gitlab"]),
  repositoryId: shortText.meta({ description: "The host's number for the repository" }),
  head: shortText.meta({ description: "The commit" }),
});

const check = z.object({
  change: z
    .int()
    .nullable()
    .meta({ description: "The number of the pull request or merge request; null for a merge queue" }),
  url: z.string().nullable().meta({ description: "Where people see it at its host; null of a merge queue" }),
  branch: z.string().meta({ description: "That it would be merged into" }),
  conclusion: z.enum(["success", "failure", "cancelled"]).meta({
    description: "`cancelled`: nobody knows how it is",
  }),
  title: z.string(),
  summary: z.string().meta({ description: "Markdown: the plan, the tests, and whom to ask" }),
  findings: list(finding).meta({ description: "The worst first; 5,000 at most" }),
});

export const review = z.object({
  owner: z.string(),
  name: z.string().meta({ description: "Of the repository" }),
  head: z.string(),
  isUnderWay: z.boolean().meta({ description: "It is being looked at" }),
  updatedAt: epochMs,
  checks: list(check).meta({ description: "One for each change that has the commit as its head" }),
});
export type Review = z.output<typeof review>;

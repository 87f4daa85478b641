import * as z from "zod";
import { epochMs, list } from "./values.js";

export const githubApp = z.object({
  app: z
    .object({
      appId: z.int(),
      name: z.string().nullable().meta({ description: "Null for one that the environment names" }),
      url: z
        .string()
        .nullable()
        .meta({ description: "Its page at GitHub; it is installed below that, at `/installations/new`" }),
      apiUrl: z.string(),
    })
    .nullable()
    .meta({ description: "The App that reviews pull requests; null when there is none" }),
  installations: list(
    z.object({
      name: z.string().meta({ description: "Of the organization or the person" }),
      url: z.string().meta({ description: "Where it is granted what" }),
      isSuspended: z.boolean(),
      missing: list(z.string()).meta({
        description:
          "Permissions that the App needs and nobody has accepted there, such as `deployments: write`",
      }),
    }),
  ).meta({ description: "Where it is installed, as of the last look" }),
});
export type GithubApp = z.output<typeof githubApp>;

export const newGithubApp = z.strictObject({
  enterprise: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .meta({ description: "The address of a GitHub of your own, such as `https://github.example.com`" }),
  organization: z
    .string()
    .min(1)
    .max(39)
    .optional()
    .meta({ description: "Whose App it is to be. Default: of the person who opens `url`" }),
});

export const begunGithubApp = z.object({
  url: z.string().meta({
    description:
      "A page of the service from which a person goes on to GitHub; whoever has it can do so, once",
  }),
  endsAt: epochMs.meta({ description: "It is good until then" }),
});
export type BegunGithubApp = z.output<typeof begunGithubApp>;

import * as z from "zod";
import { list } from "./values.js";

export const hostRepositories = z.object({
  repositories: list(
    z.object({
      fullName: z.string().meta({ description: "With all that it is in: `owner/name`" }),
      url: z.string().meta({ description: "To follow it by" }),
      branch: z.string().meta({ description: "Its default branch; empty when nothing was pushed yet" }),
      isArchived: z.boolean(),
      followedAs: list(z.string()).meta({
        description: "Names of the repositories here; none when it is not followed",
      }),
    }),
  ),
});
export type HostRepositories = z.output<typeof hostRepositories>;

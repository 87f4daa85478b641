import * as z from "zod";
import type { Place } from "../place.js";
import { isGone, type Permission } from "../review-host.js";
import type { GitlabApi } from "./gitlab-api.js";
import { projectPath } from "./project.js";

const users = z.array(z.object({ id: z.int(), username: z.string() }));
const member = z.object({ access_level: z.int(), state: z.string().nullish() });

/** The least that each takes: Maintainer, Developer, Reporter. Source: https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const LEVELS = [
  [40, "admin"],
  [30, "write"],
  [20, "read"],
] as const satisfies readonly (readonly [number, Permission])[];

/** What a member may do, also one of a group above or invited by a group. Whoever is no member may do nothing, be the project public. */
export async function findPermission(api: GitlabApi, place: Place, username: string): Promise<Permission> {
  const named = await api.get("/users", users, { username });
  const user = named.find((one) => one.username.toLowerCase() === username.toLowerCase());
  if (user === undefined) return "none";
  try {
    const path = `${projectPath(place)}/members/all/${user.id}`;
    const { access_level: level, state } = await api.get(path, member);
    // One that awaits approval, or is blocked.
    if (typeof state === "string" && state !== "active") return "none";
    return LEVELS.find(([least]) => level >= least)?.[1] ?? "none";
  } catch (error) {
    if (isGone(error)) return "none";
    throw error;
  }
}

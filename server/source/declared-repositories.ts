import { readFile } from "node:fs/promises";
import * as z from "zod";
import { ServiceError } from "../errors.js";
import { followsByDefault, requireName, type Listed } from "./followed.js";
import { parseBranchName } from "./remote/branch-name.js";
import { parseRepositoryUrl } from "./remote/repository-url.js";

const file = z.strictObject({
  repositories: z.array(
    z.strictObject({
      name: z.string(),
      url: z.string(),
      branch: z.string().optional(),
      follow: z.enum(["branch", "environments"]).optional(),
    }),
  ),
});

/** Of a repository whose file says no branch. */
const BRANCH = "main";

/** Those of the file; none without one. @throws ServiceError bad-request: the service does not start on a file that it cannot follow */
export async function readDeclaredRepositories(path: string | null): Promise<readonly Listed[]> {
  if (path === null) return [];
  const parsed = file.safeParse(await readJson(path));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: place, message }) => `${place.join(".")}: ${message}`);
    throw refusal(path, problems.join("; "));
  }
  const seen = new Set<string>();
  return parsed.data.repositories.map(({ name, url, branch, follow }) => {
    if (seen.has(name)) throw refusal(path, `"${name}" stands there twice`);
    seen.add(name);
    try {
      return {
        name: requireName(name),
        url: parseRepositoryUrl(url),
        branch: parseBranchName(branch ?? BRANCH),
        follows: follow ?? null,
        followsAtFirst: follow ?? followsByDefault(branch),
      };
    } catch (error) {
      throw refusal(path, `"${name}": ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw refusal(path, error instanceof Error ? error.message : String(error));
  }
}

function refusal(path: string, problem: string): ServiceError {
  return new ServiceError(
    "bad-request",
    `Cannot follow the repositories of HEADWATER_REPOSITORIES_FILE, "${path}": ${problem}`,
  );
}

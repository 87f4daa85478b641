import { ServiceError } from "../../errors.js";
import type { Git } from "./git.js";

/** From then on git takes settings from its environment, which stand above those of any file. Source: its release notes of 2.31, GIT_CONFIG_COUNT */
const LEAST = [2, 31] as const;

/** @throws ServiceError cannot-run-git when there is none, or one that does not know what keeps a repository from running anything */
export async function requireGit(git: Pick<Git, "run">): Promise<void> {
  const said = await git.run(["version"]).catch((cause: unknown) => {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError(
      "cannot-run-git",
      `Cannot follow repositories: ${problem}. Install git, on the PATH of the service`,
      { cause },
    );
  });
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(said) ?? [];
  const isEnough = Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]);
  if (isEnough) return;
  throw new ServiceError(
    "cannot-run-git",
    `Cannot follow repositories: "${said.trim()}" is too old, ${LEAST.join(".")} or newer is needed`,
  );
}

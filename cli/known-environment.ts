import type { Client } from "@headwater/api";
import { unknownEnvironment } from "@headwater/workflow";
import { UsageError } from "./usage-error.js";

/**
 * Refuses the name of an environment in which nothing is deployed, where others have something: that is why a list of it is empty.
 * One that is followed because it is declared is known before anything is deployed in it. @throws UsageError, ApiError
 */
export async function requireEnvironment(client: Client, environment: string): Promise<void> {
  const [{ environments }, { repositories }] = await Promise.all([
    client.listEnvironments(),
    client.listRepositories(),
  ]);
  const names = environments.map(({ name }) => name);
  const isDeclared = repositories.some(({ declared }) => declared?.environment === environment);
  if (names.length === 0 || isDeclared || names.includes(environment)) return;
  throw new UsageError(unknownEnvironment(environment, names));
}

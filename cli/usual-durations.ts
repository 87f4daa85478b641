import type { Client } from "@headwater/api";

/** How long runs of the workflows of a project usually take, in milliseconds by the id of the workflow, as the service knows. */
export async function listUsualDurations(
  client: Client,
  place: { readonly project: string; readonly environment: string },
): Promise<ReadonlyMap<string, number>> {
  const { usualDurations } = await client.listUsualDurations({ query: place });
  return new Map(usualDurations.map(({ workflow, medianMs }) => [workflow, medianMs]));
}

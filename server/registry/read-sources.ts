import { fileKind } from "@headwater/workflow";
import { ServiceError } from "../errors.js";
import type { Source } from "../source/source.js";
import type { Store } from "../store/store.js";
import { isSamePlace } from "./deployment-plan.js";
import type { Place, ProjectSources } from "./registry.js";

export interface SourcesOptions {
  readonly store: Pick<Store, "listEnvironments" | "listRepositories">;
  readonly source: Pick<Source, "readTree">;
}

/** More than 10,000 workflows; an editor holds them in memory. */
const BYTES_MAX = 64 * 1024 * 1024;

/** The files of a project at the head of its branch, as far as the compiler reads them: what a change is held against before it is pushed. */
export async function readSources(place: Place, { store, source }: SourcesOptions): Promise<ProjectSources> {
  const [environments, repositories] = await Promise.all([
    store.listEnvironments(),
    store.listRepositories(),
  ]);
  const row = environments.find((one) => isSamePlace(one, place));
  const repository = repositories.find(({ id }) => id === row?.repositoryId);
  if (row === undefined || repository === undefined) {
    const { project, environment } = place;
    throw new ServiceError("not-found", `Cannot read "${project}": nothing is deployed in ${environment}`);
  }
  const commit = repository.headCommit ?? row.commit;
  const tree = await source.readTree(repository.id, commit);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let bytes = 0;
  const files = tree.paths.flatMap((path) => {
    const content = isText(path) ? tree.read(path) : undefined;
    bytes += content?.length ?? 0;
    if (bytes > BYTES_MAX)
      throw new ServiceError(
        "payload-too-large",
        `Cannot read "${place.project}": its files are larger than ${BYTES_MAX / 1024 / 1024} MiB`,
      );
    return content === undefined ? [] : [{ path, text: decoder.decode(content) }];
  });
  return { branch: repository.branch, commit, paths: tree.paths, files };
}

function isText(path: string): boolean {
  return fileKind(path) !== null || /\.(?:sql|sh|py|js|mjs|ipynb)$/.test(path);
}

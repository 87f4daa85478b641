import type { DeploymentRow, RepositoryRow } from "../store/store.js";

/** Turns commits into versions. A deployment is one transaction; a broken commit changes nothing and is recorded as refused. */
export interface Registry {
  /** Compiles the commit and activates all its workflows or none. Safe to repeat: the same commit again is `unchanged`. */
  deploy(request: {
    readonly repository: RepositoryRow;
    readonly commit: string;
    readonly seenAt: number;
  }): Promise<DeploymentRow>;
}

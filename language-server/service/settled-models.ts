import { occurrencesOf, type FileModel, type Occurrence } from "@headwater/workflow/navigation";

interface Settled {
  /** Of the last text that was read. */
  readonly latest: FileModel;
  /** Of the last text to which YAML had no objection; null while there was none. */
  readonly whole: FileModel | null;
}

/**
 * What was last understood of files that somebody is writing. To understand a long file takes longer than an author waits for a
 * completion, and between two keys it often is no YAML at all; the names of the moment before serve as well.
 */
export class SettledModels {
  readonly #models = new Map<string, Settled>();
  readonly #names = new WeakMap<FileModel, readonly Occurrence[]>();

  keep(model: FileModel): FileModel {
    const whole = model.isWhole ? model : (this.#models.get(model.path)?.whole ?? null);
    this.#models.set(model.path, { latest: model, whole });
    return richer(model, whole);
  }

  find(path: string): FileModel | null {
    const settled = this.#models.get(path);
    return settled === undefined ? null : richer(settled.latest, settled.whole);
  }

  /** The names of a model. */
  names(model: FileModel): readonly Occurrence[] {
    const names = this.#names.get(model) ?? occurrencesOf(model);
    this.#names.set(model, names);
    return names;
  }

  /** Forgets all files but these. */
  retain(paths: ReadonlySet<string>): void {
    for (const path of this.#models.keys()) if (!paths.has(path)) this.#models.delete(path);
  }
}

/** A text that is broken in the middle may have lost all that comes after. */
function richer(latest: FileModel, whole: FileModel | null): FileModel {
  return whole !== null && sizeOf(latest) < sizeOf(whole) ? whole : latest;
}

function sizeOf(model: FileModel): number {
  if (model.kind === "workflow") return model.steps.length;
  return model.root === null || (model.kind === "template" && model.template === null) ? 0 : 1;
}

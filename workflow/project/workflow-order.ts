import type { WorkflowFile } from "./compile-workflow-file.js";
import type { CompiledWorkflow } from "./compiled-project.js";

/** The workflows of all files of a project, sorted by id. */
export interface OrderedWorkflows {
  /** Of two files with one id the first counts, and a finding says so. */
  readonly workflows: readonly CompiledWorkflow[];
  /** Whether two of the files have one id. */
  readonly isAnyIdTwice: boolean;
}

interface Ordered extends OrderedWorkflows {
  readonly files: readonly WorkflowFile[];
  /** Where the workflow of each file is among them; undefined for a file that has none there. */
  readonly places: readonly (number | undefined)[];
}

/** As many as there are sides of a plan, branches, and drafts of an editor that are compiled in turn. */
const EDITIONS_MAX = 4;

/** Sorts workflows by id. A push seldom changes which there are: then only those are looked at whose files are other than the last time. */
export class WorkflowOrder {
  /** The latest first. */
  #known: readonly Ordered[] = [];

  /** Before the first compilation, and while there is no workflow. */
  get isEmpty(): boolean {
    return (this.#known[0]?.workflows.length ?? 0) === 0;
  }

  /** @param files in the order of their paths */
  order(files: readonly WorkflowFile[]): OrderedWorkflows {
    for (const known of this.#known) {
      const latest = reordered(known, files);
      if (latest !== null) return this.#keep(latest, known);
    }
    return this.#keep(ordered(files));
  }

  #keep(latest: Ordered, before?: Ordered): OrderedWorkflows {
    this.#known = [latest, ...this.#known.filter((known) => known !== before)].slice(0, EDITIONS_MAX);
    return latest;
  }
}

/** Null when there are other workflows than there were. */
function reordered(last: Ordered, files: readonly WorkflowFile[]): Ordered | null {
  if (last.files.length !== files.length) return null;
  const workflows = [...last.workflows];
  for (const [index, file] of files.entries()) {
    const before = last.files[index];
    if (file === before) continue;
    const { workflow } = file;
    if (workflow?.id !== before?.workflow?.id) return null;
    const place = last.places[index];
    if (workflow !== null && place !== undefined) workflows[place] = workflow;
  }
  return { ...last, files, workflows };
}

function ordered(files: readonly WorkflowFile[]): Ordered {
  const indexes = new Map<string, number>();
  let isAnyIdTwice = false;
  for (const [index, { workflow }] of files.entries()) {
    if (workflow === null) continue;
    if (indexes.has(workflow.id)) isAnyIdTwice = true;
    else indexes.set(workflow.id, index);
  }
  const places: (number | undefined)[] = files.map(() => undefined);
  const workflows = [...indexes.keys()].sort().flatMap((id, place) => {
    const index = indexes.get(id) ?? 0;
    places[index] = place;
    return files[index]?.workflow ?? [];
  });
  return { files, places, workflows, isAnyIdTwice };
}

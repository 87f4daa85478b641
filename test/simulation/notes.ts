import type { Actor } from "@headwater/engine";
import type { WorkflowKey } from "#server/store/store.js";

interface Note extends WorkflowKey, Actor {
  readonly at: number;
}

/** What somebody has said of a workflow, and who has taken it back; null while nobody has. */
export type Noted<Said extends Note> = Said & { readonly ended: (Actor & { readonly at: number }) | null };

/** What people say of workflows, of which one thing at a time holds for each key: what was taken back stays on record. */
export class Notes<Said extends Note> {
  #notes: readonly Noted<Said>[] = [];
  readonly #keyOf: (said: Said) => string;

  constructor(keyOf: (said: Said) => string) {
    this.#keyOf = keyOf;
  }

  /** False when it holds already. */
  add(said: Said): boolean {
    if (this.#notes.some((note) => this.#holds(note, said))) return false;
    this.#notes = [...this.#notes, { ...said, ended: null }];
    return true;
  }

  /** False when it does not hold. */
  end(said: Said): boolean {
    const { by, reason, at } = said;
    const found = this.#notes.some((note) => this.#holds(note, said));
    this.#notes = this.#notes.map((note) =>
      this.#holds(note, said) ? { ...note, ended: { by, reason, at } } : note,
    );
    return found;
  }

  /** What nobody has taken back. */
  open(): readonly Noted<Said>[] {
    return this.#notes.filter(({ ended }) => ended === null);
  }

  /** Of one workflow, newest first. */
  of(workflow: string, limit: number): readonly Noted<Said>[] {
    return this.#notes
      .filter((note) => note.workflow === workflow)
      .toReversed()
      .slice(0, limit);
  }

  #holds(note: Noted<Said>, said: Said): boolean {
    return note.ended === null && this.#keyOf(note) === this.#keyOf(said);
  }
}

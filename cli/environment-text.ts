import { plain } from "./table.js";

/** The environment that is meant where none is named. */
const DEFAULT = "production";

/** What a command needs to mean that environment; empty where it means it without. */
export function environmentOption(environment: string): string {
  return environment === DEFAULT ? "" : ` --environment ${plain(environment)}`;
}

/** Where something is, behind its name: two environments may have things of one name. Empty where nobody would ask. */
export function inEnvironment(environment: string): string {
  return environment === DEFAULT ? "" : ` in ${plain(environment)}`;
}

import { DEFAULT_ENVIRONMENT } from "@headwater/api";
import { plain } from "./table.js";

/** What a command needs to mean that environment; empty where it means it without. */
export function environmentOption(environment: string): string {
  return environment === DEFAULT_ENVIRONMENT ? "" : ` --environment ${plain(environment)}`;
}

/** Where something is, behind its name: two environments may have things of one name. Empty where nobody would ask. */
export function inEnvironment(environment: string): string {
  return environment === DEFAULT_ENVIRONMENT ? "" : ` in ${plain(environment)}`;
}

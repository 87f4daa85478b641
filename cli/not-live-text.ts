import type { Repository } from "@headwater/api";
import type { Style } from "./style.js";
import { plain } from "./table.js";

const COMMIT_LENGTH = 8;

/** A line for each repository whose newest commit is not what runs, and where to read why; empty text when there is none. */
export function renderNotLive(repositories: readonly Repository[], style: Style): string {
  return repositories.map((repository) => lineOf(repository, style)).join("");
}

function lineOf({ name, notLive }: Repository, style: Style): string {
  if (notLive === null) return "";
  const { commit, status, project, liveCommit } = notLive;
  const live = liveCommit === null ? "nothing of it is live" : `${shorten(liveCommit)} is live`;
  const where =
    project === null ? "headwater deployments" : `headwater deployments --project ${plain(project)}`;
  return `${plain(name)}: ${shorten(commit)} was ${style.status(status)}, ${live}: ${where}\n`;
}

function shorten(commit: string): string {
  return commit.slice(0, COMMIT_LENGTH);
}

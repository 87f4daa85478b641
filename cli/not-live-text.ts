import type { Pin, Repository } from "@headwater/api";
import { shorten } from "./deployed-workflow.js";
import { environmentOption } from "./environment-text.js";
import type { Style } from "./style.js";
import { plain } from "./table.js";

/** A line for each repository whose newest commit is not what runs, and for each pin, and where to read why; empty text when there is none. */
export function renderNotLive(repositories: readonly Repository[], style: Style): string {
  return repositories
    .map((repository) => lineOf(repository, style) + repository.pins.map((pin) => renderPin(pin)).join(""))
    .join("");
}

function lineOf({ name, notLive }: Repository, style: Style): string {
  if (notLive === null) return "";
  const { commit, status, project, liveCommit } = notLive;
  const live = liveCommit === null ? "nothing of it is live" : `${shorten(liveCommit)} is live`;
  const where =
    project === null ? "headwater deployments" : `headwater deployments --project ${plain(project)}`;
  return `${plain(name)}: ${shorten(commit)} was ${style.status(status)}, ${live}: ${where}\n`;
}

/** A line for each environment that is declared and whose branch nobody follows, and what ends that; empty text when there is none. */
export function renderUnfollowed(repositories: readonly Repository[]): string {
  return repositories
    .flatMap(({ name, follows, unfollowed }) => {
      const remedy =
        follows === "environments"
          ? "no more than 50 environments of a repository are beside its own"
          : `headwater repo set ${plain(name)} --follow environments`;
      return unfollowed.map(
        ({ environment, branch }) =>
          `${plain(name)}: ${plain(environment)} (branch ${plain(branch)}) is declared and not followed: ${remedy}\n`,
      );
    })
    .join("");
}

/** A line for each repository that has another address at its host by now, and what ends that; empty text when there is none. */
export function renderRedirected(repositories: readonly Repository[]): string {
  return repositories
    .flatMap(({ name, url, redirectedTo }) => {
      if (redirectedTo === null) return [];
      const remedy = `headwater repo set ${plain(name)} --to ${plain(redirectedTo)}`;
      return [`${plain(name)}: ${plain(url)} leads to ${plain(redirectedTo)} by now: ${remedy}\n`];
    })
    .join("");
}

/** A line that says where an environment is kept, by whom, why, and how that ends. */
export function renderPin({ project, environment, commit, by, reason }: Pin): string {
  const option = environmentOption(environment);
  return `${plain(project)}: ${plain(environment)} is pinned to ${shorten(commit)} by ${plain(by)}: ${plain(reason)}. Undo it: headwater unpin ${plain(project)}${option}\n`;
}

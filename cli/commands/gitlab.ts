import type { Command } from "commander";
import type { Gitlab } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, print } from "../context.js";
import { renderHostRepositories } from "../host-repositories-text.js";
import { addListCommand } from "../list-command.js";
import { plain } from "../table.js";

/** `headwater gitlab show` and `gitlab repositories`: the GitLab whose merge requests are reviewed, and what the service may see there. */
export function addGitlabCommand(program: Command, context: Context): void {
  const gitlab = program.command("gitlab").description("the GitLab whose merge requests are reviewed");
  withServer(
    addListCommand(gitlab, "tell which GitLab it is, and whether it lets the service in", "show"),
  ).action(async ({ format, ...options }: ServerOptions) => {
    const client = await connect(context.io, options);
    const answer = await client.getGitlab({});
    print(context, answer, { format, text: () => renderGitlab(answer) });
  });
  withServer(
    gitlab
      .command("repositories")
      .description("list the projects that the service may see there, followed or not"),
  ).action(async ({ format, ...options }: ServerOptions) => {
    const client = await connect(context.io, options);
    const answer = await client.listGitlabRepositories({});
    const text = (): string =>
      answer.repositories.length === 0
        ? "The owner of the access token is a member of no project\n"
        : renderHostRepositories(answer, context.io.stdout.columns);
    print(context, answer, { format, text });
  });
}

const NONE = "There is no GitLab: set HEADWATER_GITLAB_TOKEN_FILE for the service, and restart it\n";

function renderGitlab({ gitlab }: Gitlab): string {
  if (gitlab === null) return NONE;
  const { url, user, expiresOn, missing, problem, hasWebhooks } = gitlab;
  const until = expiresOn === null ? "" : `, whose access token ends on ${plain(expiresOn)}`;
  const lines = [
    user === null ? `${plain(url)} was not asked yet` : `${plain(url)}, as ${plain(user)}${until}`,
    ...(problem === null ? [] : [plain(problem)]),
    ...(missing.length === 0 ? [] : [`The access token lacks the scope ${plain(missing.join(", "))}`]),
    hasWebhooks
      ? "Webhooks are taken at /api/v1/hooks/gitlab"
      : "No webhooks are taken: merge requests are found by asking each minute",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

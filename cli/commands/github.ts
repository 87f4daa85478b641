import type { Command } from "commander";
import type { BegunGithubApp, Client, GithubApp } from "@headwater/api";
import { connect, type ServerOptions, withServer } from "../connection.js";
import { type Context, EXIT_FINDINGS, print } from "../context.js";
import { renderHostRepositories } from "../host-repositories-text.js";
import { addListCommand } from "../list-command.js";
import { plain } from "../table.js";

/** `headwater github app create|show` and `github repositories`: the App that reviews pull requests, and what it is installed on. */
export function addGithubCommand(program: Command, context: Context): void {
  const github = program.command("github").description("the GitHub App that reviews pull requests");
  const app = github.command("app").description("make it, or see which one there is");
  addCreate(app, context);
  addShow(app, context);
  addRepositories(github, context);
}

interface CreateOptions extends ServerOptions {
  readonly enterprise?: string;
  readonly organization?: string;
  readonly wait: boolean;
}

const ASK_EVERY_MS = 1000;

function addCreate(app: Command, context: Context): void {
  withServer(
    app
      .command("create")
      .description("make a GitHub App with a browser, and wait until it is there; exit 1 when it is not"),
  )
    .option("--enterprise <url>", "a GitHub of your own, such as https://github.example.com")
    .option("--organization <name>", "whose App it is to be (default: of whoever opens the page)")
    .option("--no-wait", "only tell the page where to go on")
    .action(async ({ format, enterprise, organization, wait, ...options }: CreateOptions) => {
      const client = await connect(context.io, options);
      const begun = await client.createGithubApp({ body: { enterprise, organization } });
      // Also where the answer is for a program, a person has to open the page first.
      context.io.stderr.write(`Open this page with a browser, and go on to GitHub:\n\n  ${begun.url}\n\n`);
      if (!wait) return print(context, begun, { format, text: () => "" });
      const app = await awaitApp(client, begun, context);
      if (app === null) context.exit(EXIT_FINDINGS);
      print(context, { app }, { format, text: () => (app === null ? NOT_MADE : renderApp(app)) });
    });
}

/** Null when nobody has made it in time. */
async function awaitApp(
  client: Client,
  { endsAt }: BegunGithubApp,
  { io }: Context,
): Promise<GithubApp["app"]> {
  for (;;) {
    const { app } = await client.getGithubApp({});
    if (app !== null || io.now() >= endsAt) return app;
    await io.pause(ASK_EVERY_MS);
  }
}

function addShow(app: Command, context: Context): void {
  withServer(addListCommand(app, "tell which App there is", "show")).action(
    async ({ format, ...options }: ServerOptions) => {
      const client = await connect(context.io, options);
      const answer = await client.getGithubApp({});
      print(context, answer, {
        format,
        text: () => (answer.app === null ? NONE : renderApp(answer.app) + renderInstallations(answer)),
      });
    },
  );
}

function addRepositories(github: Command, context: Context): void {
  withServer(
    github.command("repositories").description("list what the App is installed on, followed or not"),
  ).action(async ({ format, ...options }: ServerOptions) => {
    const client = await connect(context.io, options);
    const answer = await client.listGithubRepositories({});
    const text = (): string =>
      answer.repositories.length === 0
        ? "The App is installed on no repository\n"
        : renderHostRepositories(answer, context.io.stdout.columns);
    print(context, answer, { format, text });
  });
}

function renderInstallations({ installations }: GithubApp): string {
  const lines = installations.map(({ name, url, isSuspended, missing }) => {
    const what = isSuspended
      ? `is suspended, and reviews nothing: ${plain(url)}`
      : missing.length === 0
        ? "has all that the App needs"
        : `lacks ${plain(missing.join(", "))}: accept it at ${plain(url)}`;
    return `${plain(name)} ${what}\n`;
  });
  return lines.join("");
}

const NONE = "There is no GitHub App: headwater github app create makes one\n";
const NOT_MADE = "No App was made within the hour. Begin anew with: headwater github app create\n";

function renderApp({ appId, name, url, apiUrl }: NonNullable<GithubApp["app"]>): string {
  if (url === null) return `App ${appId} of ${plain(apiUrl)}, which the environment of the service names\n`;
  const first = `App ${appId}, ${plain(name ?? "")}, reviews pull requests: ${plain(url)}\n`;
  return `${first}Install it on the repositories that it is to review: ${plain(url)}/installations/new\n`;
}

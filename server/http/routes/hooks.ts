import type { Json } from "@headwater/workflow";
import type { Handlers } from "../handler.js";
import type { HttpDependencies } from "../http-dependencies.js";

/** Hints that something was pushed. */
export function hookRoutes({ source, log }: HttpDependencies): Pick<Handlers, "hintGit"> {
  return {
    async hintGit({ body }, { header }) {
      if (!movesRefs(header)) return { repositories: 0 };
      // Nothing at all is what a script sends that knows of a push and not of which.
      if (body === undefined || body === null) return { repositories: await source.hint(null) };
      const urls = cloneUrls(body);
      const ref = pushedRef(body);
      if (urls.length === 0) log.info("a hook named no repository, and none was looked at");
      let repositories = 0;
      for (const url of urls) repositories += await source.hint(url, ref);
      return { repositories };
    },
  };
}

/**
 * The events after which a branch may have another head, by the header in which a host names its event. Gitea and Forgejo send that of GitHub
 * too. A whole organisation's webhook sends all others as well, many more than pushes.
 * Sources: https://docs.github.com/webhooks/webhook-events-and-payloads,
 * https://docs.gitlab.com/user/project/integrations/webhook_events/, https://docs.gitlab.com/administration/system_hooks/,
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/, https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  "x-github-event": ["push", "create", "delete", "repository"],
  "x-gitlab-event": ["Push Hook", "Tag Push Hook", "System Hook"],
  "x-event-key": ["repo:push", "repo:refs_changed", "mirror:repo_synchronized"],
};

/** Whether a hook is of such an event; one that names none may be. */
function movesRefs(header: (name: string) => string | null): boolean {
  return Object.entries(EVENTS).every(([name, events]) => {
    const event = header(name);
    return event === null || events.includes(event);
  });
}

/** GitHub can also send its payload as a form with one field. Of a form without one, or with one that is no JSON, nothing is told. */
export function parseHookForm(form: string): Json {
  if (form === "") return null;
  try {
    return JSON.parse(new URLSearchParams(form).get("payload") ?? "{}") as Json;
  } catch {
    return {};
  }
}

/** Where push payloads of GitHub, Gitea, Forgejo and GitLab keep the addresses of their repository. */
const URL_KEYS = [
  "url",
  "clone_url",
  "ssh_url",
  "git_url",
  "html_url",
  "git_http_url",
  "git_ssh_url",
  "web_url",
];

/**
 * The addresses that a push payload gives for its repository, or the one in `{ "url": … }`.
 * Sources: https://docs.github.com/webhooks/webhook-events-and-payloads#push,
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events,
 * https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Repository,
 * https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
 */
export function cloneUrls(body: Json | undefined): readonly string[] {
  const payload = objectOf(body);
  const found = [payload["url"], ...urlsIn(payload["repository"]), ...urlsIn(payload["project"])];
  return [...new Set(found.filter((url) => typeof url === "string" && url !== ""))] as readonly string[];
}

/** Whole, such as `refs/heads/main`, as GitHub, Gitea, Forgejo and GitLab tell of a push; null in what tells none, or a short one. */
export function pushedRef(body: Json | undefined): string | null {
  const { ref } = objectOf(body);
  return typeof ref === "string" && ref.startsWith("refs/") ? ref : null;
}

function urlsIn(part: Json | undefined): readonly (Json | undefined)[] {
  const described = objectOf(part);
  return [...URL_KEYS.map((key) => described[key]), ...linksOf(described["links"])];
}

/** Bitbucket: `{ "html": { "href" } }`, and of a server of one's own lists of such. */
function linksOf(part: Json | undefined): readonly (Json | undefined)[] {
  const links = objectOf(part);
  return ["html", "clone", "self"].flatMap((kind) => {
    const listed: readonly Json[] = [links[kind] ?? null].flat(1);
    return listed.map((one) => objectOf(one)["href"]);
  });
}

function objectOf(value: Json | undefined): Readonly<Record<string, Json | undefined>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, Json>>) : {};
}

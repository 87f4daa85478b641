import { API_PREFIX, ROUTES } from "@headwater/api";

/** What the App may do at GitHub; `docs/github.md` says what each is for. Source: https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export const APP_PERMISSIONS = {
  checks: "write",
  pull_requests: "write",
  issues: "write",
  deployments: "write",
  contents: "read",
  metadata: "read",
  merge_queues: "read",
} as const;

/** What it is told of. Of its installations an App is told always. */
export const APP_EVENTS = [
  "pull_request",
  "check_run",
  "check_suite",
  "issue_comment",
  "merge_group",
  "push",
  "repository",
] as const;

/** GitHub takes no longer name. Source: https://docs.github.com/apps/creating-github-apps/registering-a-github-app */
const NAME_MAX = 34;

/** Where the App's webhooks come to. */
const HOOK_PATH = `${API_PREFIX}${ROUTES.receiveGithub.path}`;
/** Where a browser comes back to when the App is made. */
export const MADE_PATH = "/github/app/made";

/**
 * An App as GitHub makes it from a form; whoever makes it may still change its name.
 * Source: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export function appManifest(publicUrl: string): object {
  return {
    name: `Headwater ${new URL(publicUrl).host}`.slice(0, NAME_MAX).trim(),
    url: publicUrl,
    description:
      "Says on pull requests what a merge would do to pipelines, and on commits what became of them",
    hook_attributes: { url: `${publicUrl}${HOOK_PATH}`, active: true },
    redirect_url: `${publicUrl}${MADE_PATH}`,
    public: false,
    default_permissions: APP_PERMISSIONS,
    default_events: APP_EVENTS,
  };
}

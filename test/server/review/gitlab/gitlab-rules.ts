/** What a request may say, as GitLab documents and enforces it. */
interface Operation {
  readonly method: "GET" | "POST" | "PUT";
  /** `:name` stands for one part of a path. */
  readonly path: string;
  /** Of the query, or of the body. */
  readonly fields: Readonly<Record<string, Field>>;
}

interface Field {
  readonly isRequired?: boolean;
  readonly check: (value: unknown) => boolean;
}

const text = (charactersMax: number): Field => ({
  check: (value) =>
    typeof value === "string" && value.trim() !== "" && Array.from(value).length <= charactersMax,
});
const one = (...values: readonly string[]): Field => ({ check: (value) => values.includes(String(value)) });
const whole: Field = { check: (value) => /^\d+$/.test(String(value)) };
const flag: Field = { check: (value) => value === true || value === false || value === "true" };
const url: Field = {
  check: (value) => typeof value === "string" && URL.canParse(value) && value.length <= 255,
};
const instant: Field = { check: (value) => !Number.isNaN(Date.parse(String(value))) };
/** A line that begins with "/" is done as a quick action, with the rights of whoever writes it. */
const markdown = (charactersMax: number): Field => ({
  check: (value) => text(charactersMax).check(value) && !/^\s*\/[a-z_]/im.test(String(value)),
});
const required = (field: Field): Field => ({ ...field, isRequired: true });

const paging = {
  page: whole,
  per_page: { check: (value: unknown) => Number(value) >= 1 && Number(value) <= 100 },
};
const sorting = { sort: one("asc", "desc"), order_by: one("id", "created_at", "updated_at") };
const deploymentStatus = one("running", "success", "failed", "canceled");
const MARKDOWN_MAX = 1_000_000;

/** Sources: https://docs.gitlab.com/api/ and `lib/api` of GitLab, each by the first part of its name. */
const OPERATIONS: readonly Operation[] = [
  { method: "GET", path: "/user", fields: {} },
  { method: "GET", path: "/users", fields: { username: required(text(255)) } },
  { method: "GET", path: "/personal_access_tokens/self", fields: {} },
  { method: "GET", path: "/projects", fields: { membership: flag, ...paging, ...sorting } },
  { method: "GET", path: "/projects/:project", fields: {} },
  { method: "GET", path: "/projects/:project/members/all/:user", fields: {} },
  {
    method: "GET",
    path: "/projects/:project/merge_requests",
    fields: {
      state: one("opened", "closed", "locked", "merged", "all"),
      updated_after: instant,
      ...paging,
      ...sorting,
    },
  },
  { method: "GET", path: "/projects/:project/merge_requests/:iid", fields: {} },
  { method: "GET", path: "/projects/:project/merge_requests/:iid/notes", fields: { ...paging, ...sorting } },
  {
    method: "POST",
    path: "/projects/:project/merge_requests/:iid/notes",
    fields: { body: required(markdown(MARKDOWN_MAX)) },
  },
  {
    method: "PUT",
    path: "/projects/:project/merge_requests/:iid/notes/:note",
    fields: { body: required(markdown(MARKDOWN_MAX)) },
  },
  {
    method: "POST",
    path: "/projects/:project/merge_requests/:iid/notes/:note/award_emoji",
    fields: { name: required(one("eyes", "thumbsup", "thumbsdown", "rocket", "confused")) },
  },
  { method: "GET", path: "/projects/:project/repository/commits/:sha", fields: {} },
  {
    method: "POST",
    path: "/projects/:project/statuses/:sha",
    fields: {
      state: required(one("pending", "running", "success", "failed", "canceled", "skipped")),
      name: text(255),
      description: text(255),
      target_url: url,
      ref: text(255),
      pipeline_id: whole,
    },
  },
  {
    method: "GET",
    path: "/projects/:project/deployments",
    fields: { environment: text(255), ...paging, ...sorting },
  },
  { method: "GET", path: "/projects/:project/deployments/:deployment", fields: {} },
  {
    method: "POST",
    path: "/projects/:project/deployments",
    fields: {
      environment: required(text(255)),
      sha: required(text(64)),
      ref: required(text(255)),
      tag: required(flag),
      status: required(deploymentStatus),
    },
  },
  {
    method: "PUT",
    path: "/projects/:project/deployments/:deployment",
    fields: { status: required(deploymentStatus) },
  },
  {
    method: "GET",
    path: "/projects/:project/issues",
    fields: { state: one("opened", "closed"), author_id: whole, scope: one("all"), ...paging, ...sorting },
  },
  {
    method: "POST",
    path: "/projects/:project/issues",
    fields: { title: required(text(255)), description: markdown(MARKDOWN_MAX) },
  },
  {
    method: "PUT",
    path: "/projects/:project/issues/:iid",
    fields: { title: text(255), description: markdown(MARKDOWN_MAX), state_event: one("close", "reopen") },
  },
];

/** A request, as it is documented. */
export interface FoundOperation {
  /** Such as `GET /projects/:project`. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  /** What is wrong with what it says; empty when nothing is. */
  check(said: Readonly<Record<string, unknown>>): readonly string[];
}

/** Null for what GitLab has not. @param path below `/api/v4` */
export function findOperation(method: string, path: string): FoundOperation | null {
  const parts = path.split("/");
  for (const operation of OPERATIONS.filter((each) => each.method === method)) {
    const pattern = operation.path.split("/");
    const fits = pattern.every((part, at) => part.startsWith(":") || part === parts[at]);
    if (!fits || pattern.length !== parts.length) continue;
    const params = pattern.flatMap((part, at) =>
      part.startsWith(":") ? [[part.slice(1), decodeURIComponent(parts[at] ?? "")] as const] : [],
    );
    return {
      name: `${method} ${operation.path}`,
      params: Object.fromEntries(params),
      check: (said) => problemsOf(operation, said),
    };
  }
  return null;
}

function problemsOf({ fields }: Operation, said: Readonly<Record<string, unknown>>): readonly string[] {
  const missing = Object.entries(fields).filter(
    ([name, { isRequired }]) => isRequired === true && !(name in said),
  );
  const wrong = Object.entries(said).filter(([name, value]) => fields[name]?.check(value) !== true);
  return [
    ...missing.map(([name]) => `${name} is missing`),
    ...wrong.map(([name, value]) => `${name} may not be ${JSON.stringify(value).slice(0, 300)}`),
  ];
}

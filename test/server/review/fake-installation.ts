import type { GithubContract } from "./github-contract.js";

/** A repository that the App is installed on. */
export interface FakeRepository {
  readonly id: number;
  name: string;
  owner: string;
  cloneUrl: string;
  archived: boolean;
}

interface Asked {
  readonly query: URLSearchParams;
}
interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

/** What the App may, until somebody takes it away. */
const ALL = {
  checks: "write",
  pull_requests: "write",
  issues: "write",
  deployments: "write",
  contents: "read",
  metadata: "read",
  merge_queues: "read",
};

/** The one installation of the App at the fake GitHub, and what it is on. */
export class FakeInstallation {
  readonly repositories: FakeRepository[] = [];
  permissions: Readonly<Record<string, string>> = ALL;
  suspendedAt: string | null = null;
  isThere = true;
  readonly operations: Readonly<Record<string, (asked: Asked) => Answered>> = {
    "GET /app/installations": () => ({ status: 200, body: this.isThere ? [this.#body()] : [] }),
    "GET /installation/repositories": ({ query }) => this.#list(query),
  };
  readonly #contract: GithubContract;
  readonly #id: number;

  constructor(contract: GithubContract, id: number) {
    this.#contract = contract;
    this.#id = id;
  }

  #body(): unknown {
    return this.#contract.make("installation", {
      id: this.#id,
      // The description of this list asks for what enterprises have as well.
      account: {
        ...Object(this.#contract.make("simple-user", { login: "acme" })),
        name: "acme",
        slug: "acme",
        created_at: null,
        updated_at: null,
      } as object,
      html_url: "https://github.example/organizations/acme/settings/installations/5",
      permissions: this.permissions,
      suspended_at: this.suspendedAt,
    });
  }

  #list(query: URLSearchParams): Answered {
    if (this.suspendedAt !== null)
      return { status: 403, body: { message: "This installation has been suspended" } };
    const [size, page] = [Number(query.get("per_page") ?? 30), Number(query.get("page") ?? 1)];
    if (size > 100) return { status: 422, body: { message: "per_page is at most 100" } };
    const shown = this.repositories.slice((page - 1) * size, page * size);
    return {
      status: 200,
      body: {
        total_count: this.repositories.length,
        repositories: shown.map((one) => this.#contract.make("repository", bodyOf(one))),
      },
    };
  }
}

function bodyOf({ id, name, owner, cloneUrl, archived }: FakeRepository): object {
  return {
    id,
    name,
    archived,
    full_name: `${owner}/${name}`,
    owner: { login: owner },
    clone_url: cloneUrl,
    ssh_url: `git@127.0.0.1:${owner}/${name}.git`,
    default_branch: "main",
  };
}

import { NOT_FOUND, pageOf, type Answered } from "./fake-answer.js";
import type { GithubContract } from "./github-contract.js";

/** A repository that the App is installed on. */
export interface FakeRepository {
  readonly id: number;
  name: string;
  owner: string;
  cloneUrl: string;
  archived: boolean;
  /** Private by default. */
  visibility?: "internal" | "public";
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

/** An installation of the App at the fake GitHub, and what it is on. */
export class FakeInstallation {
  readonly id: number;
  readonly name: string;
  readonly repositories: FakeRepository[] = [];
  permissions: Readonly<Record<string, string>> = ALL;
  suspendedAt: string | null = null;
  isThere = true;
  /** It is taken off while somebody looks: it is listed, and what it is on is not. */
  isGoing = false;
  readonly #contract: GithubContract;

  constructor(contract: GithubContract, id: number, name: string) {
    this.#contract = contract;
    this.id = id;
    this.name = name;
  }

  get body(): unknown {
    return this.#contract.make("installation", {
      id: this.id,
      // The description of this list asks for what enterprises have as well.
      account: {
        ...Object(this.#contract.make("simple-user", { login: this.name })),
        name: this.name,
        slug: this.name,
        created_at: null,
        updated_at: null,
      } as object,
      html_url: `https://github.example/organizations/${this.name}/settings/installations/${this.id}`,
      permissions: this.permissions,
      suspended_at: this.suspendedAt,
    });
  }

  /** Why none of its tokens is good for anything; null when they are. */
  get obstacle(): Answered | null {
    if (!this.isThere || this.isGoing) return NOT_FOUND;
    return this.suspendedAt === null
      ? null
      : { status: 403, body: { message: "This installation has been suspended" } };
  }

  list(query: URLSearchParams): Answered {
    return {
      status: 200,
      body: {
        total_count: this.repositories.length,
        repositories: pageOf(this.repositories, query).map((one) =>
          this.#contract.make("repository", bodyOf(one)),
        ),
      },
    };
  }
}

function bodyOf({ id, name, owner, cloneUrl, archived, visibility }: FakeRepository): object {
  return {
    id,
    name,
    archived,
    visibility: visibility ?? "private",
    private: visibility !== "public",
    full_name: `${owner}/${name}`,
    owner: { login: owner },
    clone_url: cloneUrl,
    ssh_url: `git@127.0.0.1:${owner}/${name}.git`,
    default_branch: "main",
  };
}

import type { Operation } from "./github-contract.js";

export interface FakeDeployment {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  /** What we have said that it is. */
  readonly payload: object;
  /** Oldest first. */
  readonly statuses: FakeStatus[];
}

export interface FakeStatus {
  readonly state: string;
  readonly description: string;
  readonly environment_url: string;
}

export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  state: string;
}

interface Asked {
  readonly operation: Operation;
  readonly body: object;
  readonly query: URLSearchParams;
}
interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

/** What the fake GitHub keeps of deployments and issues, both newest first in its answers. */
export class FakeAfterMerge {
  readonly deployments: FakeDeployment[] = [];
  readonly issues: FakeIssue[] = [];
  readonly operations: Readonly<Record<string, (asked: Asked) => Answered>> = {
    "POST /repos/{owner}/{repo}/deployments": (asked) => this.#deploy(asked),
    "GET /repos/{owner}/{repo}/deployments": (asked) => this.#listDeployments(asked),
    "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses": (asked) => this.#addStatus(asked),
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses": (asked) => this.#listStatuses(asked),
    "POST /repos/{owner}/{repo}/issues": (asked) => this.#openIssue(asked),
    "PATCH /repos/{owner}/{repo}/issues/{issue_number}": (asked) => this.#changeIssue(asked),
    "GET /repos/{owner}/{repo}/issues": (asked) => this.#listIssues(asked),
  };
  readonly #whole: (method: string, path: string, parts: object) => unknown;
  readonly #app: () => unknown;
  #last = 0;

  /** @param whole a minimal answer of an operation that makes something, with these parts in it; @param app who makes all of it */
  constructor(whole: (method: string, path: string, parts: object) => unknown, app: () => unknown) {
    this.#whole = whole;
    this.#app = app;
  }

  #deploy({ body }: Asked): Answered {
    // Held to the description already.
    const asked = body as { ref: string; environment: string; payload: object } & Record<string, unknown>;
    if (asked["auto_merge"] !== false || String(asked["required_contexts"]) !== "")
      return { status: 409, body: { message: "Conflict: Commit status checks failed" } };
    const { ref: sha, environment, payload } = asked;
    const made = { id: (this.#last += 1), sha, environment, payload, statuses: [] };
    this.deployments.push(made);
    return { status: 201, body: this.#deploymentBody(made) };
  }

  #listDeployments({ query }: Asked): Answered {
    const found = this.deployments.filter(
      ({ sha, environment }) => sha === query.get("sha") && environment === query.get("environment"),
    );
    const body = found.toReversed().map((one) => {
      return this.#whole("POST", "/repos/a/b/deployments", this.#deploymentBody(one));
    });
    return { status: 200, body };
  }

  #addStatus({ operation, body }: Asked): Answered {
    const deployment = this.#deploymentOf(operation);
    if (deployment === undefined) return NOT_FOUND;
    // Held to the description already.
    const {
      state,
      description = "",
      environment_url = "",
    } = body as Partial<FakeStatus> & { readonly state: string };
    if (description.length > 140) return { status: 422, body: { message: "description is too long" } };
    deployment.statuses.push({ state, description, environment_url });
    return { status: 201, body: { state, description } };
  }

  #listStatuses({ operation }: Asked): Answered {
    const statuses = this.#deploymentOf(operation)?.statuses.toReversed() ?? [];
    const path = "/repos/a/b/deployments/1/statuses";
    return { status: 200, body: statuses.map(({ state }) => this.#whole("POST", path, { state })) };
  }

  #openIssue({ body }: Asked): Answered {
    // Held to the description already.
    const { title, body: text } = body as { title: string; body: string };
    const issue = { number: (this.#last += 1), title, body: text, state: "open" };
    this.issues.push(issue);
    return { status: 201, body: this.#issueBody(issue) };
  }

  #changeIssue({ operation, body }: Asked): Answered {
    const issue = this.issues.find(({ number }) => String(number) === operation.params["issue_number"]);
    if (issue === undefined) return NOT_FOUND;
    // Held to the description already.
    const { title, body: text, state } = body as { title: string; body: string; state: string };
    Object.assign(issue, { title, body: text, state });
    return { status: 200, body: this.#issueBody(issue) };
  }

  #listIssues({ query }: Asked): Answered {
    const found = this.issues.filter(({ state }) => state === query.get("state")).toReversed();
    const body = found.map((issue) => this.#whole("POST", "/repos/a/b/issues", this.#issueBody(issue)));
    return { status: 200, body };
  }

  #deploymentOf({ params }: Operation): FakeDeployment | undefined {
    return this.deployments.find(({ id }) => String(id) === params["deployment_id"]);
  }

  #deploymentBody({ id, sha, environment, payload }: FakeDeployment): object {
    return { id, sha, environment, payload };
  }

  #issueBody({ number, title, body, state }: FakeIssue): object {
    return { number, title, body, state, performed_via_github_app: this.#app() };
  }
}

const NOT_FOUND: Answered = { status: 404, body: { message: "Not Found" } };

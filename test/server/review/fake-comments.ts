import { NOT_FOUND, pageOf, type Answered, type Asked } from "./fake-answer.js";
import type { GithubContract } from "./github-contract.js";

export interface FakeComment {
  readonly id: number;
  /** The pull request. */
  readonly issue: number;
  /** Who wrote it; null of the App. */
  readonly user: string | null;
  body: string;
}

/** Source: what GitHub answers to more, which its description does not say. */
const BODY_CHARACTERS_MAX = 65_536;

/** What the fake GitHub keeps of comments of pull requests, whoever wrote them, and of the App's reactions to them. */
export class FakeComments {
  readonly all: FakeComment[] = [];
  readonly reactions: { readonly comment: number; readonly content: string }[] = [];
  readonly operations: Readonly<Record<string, (asked: Asked) => Answered>> = {
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": (asked) => this.#list(asked),
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": (asked) => this.#make(asked),
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": (asked) => this.#change(asked),
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": (asked) => this.#react(asked),
  };
  readonly #contract: GithubContract;
  readonly #appId: number;
  readonly #nextId: () => number;

  constructor(contract: GithubContract, { appId, nextId }: { appId: number; nextId: () => number }) {
    this.#contract = contract;
    this.#appId = appId;
    this.#nextId = nextId;
  }

  /** Those of the App. */
  get ours(): readonly FakeComment[] {
    return this.all.filter(({ user }) => user === null);
  }

  /** @param user null for the App */
  add(issue: number, body: string, user: string | null): FakeComment {
    const made = { id: this.#nextId(), issue, user, body };
    this.all.push(made);
    return made;
  }

  /** Oldest first, of whoever wrote it. */
  #list({ operation, query }: Asked): Answered {
    const own = this.all.filter(({ issue }) => String(issue) === operation.params["issue_number"]);
    return { status: 200, body: pageOf(own, query).map((comment) => this.#bodyOf(comment)) };
  }

  #make({ operation, body }: Asked): Answered {
    if (isTooLong(body)) return TOO_LONG;
    const made = this.add(Number(operation.params["issue_number"]), String(body["body"]), null);
    return { status: 201, body: this.#bodyOf(made) };
  }

  #change({ operation, body }: Asked): Answered {
    const comment = this.#find(operation.params["comment_id"]);
    if (comment === undefined) return NOT_FOUND;
    if (isTooLong(body)) return TOO_LONG;
    if (comment.user !== null)
      return { status: 403, body: { message: "Resource not accessible by integration" } };
    comment.body = String(body["body"]);
    return { status: 200, body: this.#bodyOf(comment) };
  }

  /** The same one again is the one that is there. */
  #react({ operation, body }: Asked): Answered {
    const comment = this.#find(operation.params["comment_id"]);
    if (comment === undefined) return NOT_FOUND;
    const content = String(body["content"]);
    const isThere = this.reactions.some((one) => one.comment === comment.id && one.content === content);
    if (!isThere) this.reactions.push({ comment: comment.id, content });
    return { status: isThere ? 200 : 201, body: { content } };
  }

  #find(id: string | undefined): FakeComment | undefined {
    return this.all.find((comment) => String(comment.id) === id);
  }

  #bodyOf({ id, body, user }: FakeComment): object {
    const app = user === null ? this.#contract.make("integration", { id: this.#appId }) : null;
    const writer = this.#contract.make("simple-user", { login: user ?? "headwater[bot]" });
    return this.#contract.make("issue-comment", {
      id,
      body,
      user: writer,
      performed_via_github_app: app,
    }) as object;
  }
}

const TOO_LONG: Answered = {
  status: 422,
  body: { message: "body is too long (maximum is 65536 characters)" },
};

function isTooLong(body: Asked["body"]): boolean {
  return String(body["body"]).length > BODY_CHARACTERS_MAX;
}

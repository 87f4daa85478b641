import type { IncomingHttpHeaders } from "node:http";
import type { HostRepositoryRow } from "../store/host-repositories.js";
import type { NamedPlace, Place } from "./place.js";
import type { WantedObject } from "./wanted-object.js";

/** What a host calls things, and where it shows them. */
export interface HostTraits {
  /** What a change is called there, such as "pull request". */
  readonly change: string;
  /** What stands before its number, such as "#". */
  readonly sign: string;
  /** A check has a page of its own, with its summary, its findings and buttons. Where it has none the comment tells all of it. */
  readonly hasCheckPages: boolean;
  /** Whoever lets us in at a repository asks for a check of each of its changes, also where we follow nothing: rules may require it. */
  readonly isInvited: boolean;
}

/** A pull request, as it is now. */
export interface Change {
  readonly number: number;
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  /** Its head is of another repository, which other people may write to. */
  readonly isFork: boolean;
  readonly head: string;
  /** Where the head is shown in the repository that it is to be merged into. */
  readonly ref: string;
  /** The branch that it is to be merged into. */
  readonly base: string;
}

/** One that is open, and where. */
export interface OpenChange extends Change {
  readonly place: Place;
  /** When anything of it changed last, by the host's clock, epoch milliseconds. */
  readonly changedAt: number;
}

/**
 * Those that are open in one repository, the newest first. A host tells them by pages: one that closes meanwhile may keep another one from
 * being seen.
 */
export interface OpenChanges {
  readonly changes: readonly OpenChange[];
  /** False where there are more than anybody lists. */
  readonly isWhole: boolean;
}

/** What a host tells. It is a hint: how things are is asked when they are looked at. */
export type HostEvent =
  /** A pull request is new, has moved, or is closed. */
  | {
      readonly kind: "change";
      readonly place: Place;
      readonly number: number;
      /** How it was, where nobody told but it was found: one that was looked at so needs no second look. */
      readonly found?: Pick<Change, "head" | "base">;
      /** It is shown somewhere where its check is not: also what was looked at is to be told once more. */
      readonly isUntold?: boolean;
    }
  /** A merge queue wants to know of a commit that would be the next head of a branch. */
  | {
      readonly kind: "queue";
      readonly place: Place;
      readonly head: string;
      readonly ref: string;
      readonly base: string;
      /** See `Subject.onto`. */
      readonly onto?: string;
    }
  /** It has merged that commit, or given it up: its ref is gone, or soon will be. */
  | {
      readonly kind: "queue-ended";
      readonly place: Place;
      readonly head: string;
      readonly ref: string;
      readonly base: string;
    }
  /** Somebody wants a check anew. */
  | { readonly kind: "again"; readonly place: Place; readonly head: string }
  /** Somebody wrote a comment on a pull request that begins with our name. */
  | {
      readonly kind: "command";
      readonly place: Place;
      readonly number: number;
      readonly commentId: string;
      readonly user: string;
      readonly text: string;
      /** When it was written, by the host's clock; none where the host does not say. */
      readonly askedAt?: number;
    }
  /** Somebody pressed a button of a check. */
  | {
      readonly kind: "action";
      readonly place: Place;
      readonly head: string;
      readonly action: string;
      readonly user: string;
    }
  /** What the host lets us see has changed, or what it is called. */
  | { readonly kind: "repositories" }
  /** Something was pushed. */
  | { readonly kind: "push"; readonly urls: readonly string[] };

export interface Delivery {
  /** The same when it is sent again. */
  readonly id: string;
  /** Null for what concerns us not. */
  readonly event: HostEvent | null;
}

/** Who lets us see something: an installation of the GitHub App. */
export interface HostAccount {
  readonly account: string;
  /** Of the organization or the person. */
  readonly name: string;
  /** Where it is granted. */
  readonly url: string;
  readonly isSuspended: boolean;
  /** What we need and nobody has granted, such as `deployments: write`. */
  readonly missing: readonly string[];
}

/** What somebody may do with a repository, each with all before it. */
export const PERMISSIONS = ["none", "read", "write", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface WriteContext {
  /** The host's id of the object; null when it was not made yet, as far as is known. */
  readonly remoteId: string | null;
  /** An earlier try may have made it, and nobody was told. */
  readonly mayExist: boolean;
  /** To be awaited before each request that changes something. */
  readonly permit: () => Promise<void>;
}

/** Where pull requests are. Every method but `readDelivery` asks the host. @throws HostFailure */
export interface ReviewHost {
  readonly traits: HostTraits;
  /** Checks who sent it, and reads it. @throws ServiceError unauthorized, bad-request */
  readDelivery(headers: IncomingHttpHeaders, body: Buffer): Delivery;
  /** Null when it is not there, or not for us. @throws HostFailure gone when its repository is not */
  findChange(place: NamedPlace, number: number): Promise<Change | null>;
  listOpenChanges(place: NamedPlace): Promise<OpenChanges>;
  /** Everybody who lets us see something. */
  listAccounts(): Promise<readonly HostAccount[]>;
  /** What an account lets us see. */
  listRepositories(account: string): Promise<readonly HostRepositoryRow[]>;
  /** The repository that has this URL; null when it is not of this host, or not for us. */
  findPlace(url: string): Promise<NamedPlace | null>;
  /** Makes or changes something there so that it looks as wanted. Returns the host's id of it; null when there need not be anything. */
  write(wanted: WantedObject, context: WriteContext): Promise<string | null>;
  /** What somebody may do there now. */
  permissionOf(place: Place, user: string): Promise<Permission>;
  /** Makes up for what the host has told and did not reach us, as far as a minute has room for it. */
  recoverDeliveries(lost: Lost): Promise<Recovered>;
}

/** What was done about what is lost. */
export interface Recovered {
  /** How many the host was asked to send again. */
  readonly asked: number;
  /** There was no room for all: the next look is to go back as far. */
  readonly hasMore: boolean;
}

/** What may be lost. */
export interface Lost {
  /** What was told since then. */
  readonly since: number;
  readonly isKnown: IsKnown;
  /** URLs of the repositories that are followed, at whatever host. */
  readonly urls: readonly string[];
  /** Takes what the host does not send again, and was found by looking at how things are there. */
  readonly take: (found: Delivery) => Promise<void>;
}

/** Which of these deliveries were recorded. */
export type IsKnown = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

/** A host did not do what it was asked. */
export class HostFailure extends Error {
  readonly code = "host-failed";
  readonly kind: HostFailureKind;
  /** When to try again, for `limited` and `locked-out`: milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(
    kind: HostFailureKind,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "HostFailure";
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/**
 * `limited`: too many requests; `locked-out`: it lets us in no more, until somebody mends that, of which it has told; `unavailable`: it
 * may go well later; `refused`: it never will; `gone`: what was named is not there.
 */
export type HostFailureKind = "limited" | "locked-out" | "unavailable" | "refused" | "gone";

/** Whether it will never go well. */
export function isHopeless(error: unknown): boolean {
  return error instanceof HostFailure && (error.kind === "refused" || error.kind === "gone");
}

/** Whether what was named is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof HostFailure && error.kind === "gone";
}

/** Whether it says when to come back, however often it takes. */
export function asksForPatience({ kind }: HostFailure): boolean {
  return kind === "limited" || kind === "locked-out";
}

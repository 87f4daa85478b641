import type { Log } from "../log.js";
import { askPreview, type AskPreviewOptions } from "./ask-preview.js";
import type { Answer, Asked } from "./asked.js";
import type { CommandQuota } from "./command-quota.js";
import { confirmRemoval, type ConfirmRemovalOptions } from "./confirm-removal.js";
import type { Outbox } from "./outbox.js";
import {
  PERMISSIONS,
  type Change,
  type HostEvent,
  type HostTraits,
  type Permission,
  type ReviewHost,
} from "./review-host.js";
import type { Subject, WantedComment } from "./wanted-object.js";

export interface CommandOptions extends ConfirmRemovalOptions, AskPreviewOptions {
  readonly host: Pick<ReviewHost, "traits" | "permissionOf" | "findChange">;
  readonly hostName: string;
  readonly outbox: Pick<Outbox, "wish">;
  /** Of those who may not write. */
  readonly quota: Pick<CommandQuota, "take">;
  readonly log: Log;
}

interface Command {
  /** What whoever asks must be allowed to. */
  readonly needs: Permission;
  readonly usage: string;
  readonly does: (change: string) => string;
  readonly answer: (asked: Asked, change: Change, options: CommandOptions) => Promise<Answer> | Answer;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  plan: {
    needs: "read",
    usage: "plan",
    does: (change) => `looks at the ${change} again, as it is now, and at what is live now`,
    answer: lookAgain,
  },
  test: {
    needs: "read",
    usage: "test",
    does: () => "runs the workflow tests again, by simulation; the plan is made anew with them",
    answer: lookAgain,
  },
  "confirm-delete": {
    needs: "write",
    usage: "confirm-delete COMMIT",
    does: () =>
      "lets the merge remove the workflows that the check of that commit names, where they are more than go at once",
    answer: confirmRemoval,
  },
  preview: {
    needs: "write",
    usage: "preview [WORKFLOW] [PARAM=VALUE …]",
    does: (change) => `runs a workflow of the ${change} once, apart from what is deployed; not of a fork`,
    answer: askPreview,
  },
  help: {
    needs: "read",
    usage: "help",
    does: () => "tells this",
    answer: (_asked, _change, { host }) => helpOf(host.traits),
  },
};

const HELP = "What you may ask for, in a new comment that begins with it:\n\n";
/** A place in the outbox behind checks. */
const RANK = 2;

/** What a comment asks for. */
export function askedByComment(event: HostEvent & { readonly kind: "command" }): Asked {
  const [, name = "", argument = ""] = /^\/headwater\s+(\S+)\s*(.*)$/.exec(event.text) ?? [];
  return { ...event, name, argument };
}

/**
 * Does what somebody asks for, if they may at this moment, and says that it was read. Answers with what is to be looked at; null when
 * nothing is. @throws HostFailure
 */
export async function answerCommand(asked: Asked, options: CommandOptions): Promise<Subject | null> {
  const { host, log, quota } = options;
  const { place, user, name, argument } = asked;
  const permission = await host.permissionOf(place, user);
  if (rankOf(permission) < rankOf("write") && !quota.take(place.repositoryId, user)) {
    log.warn("Leaves a command alone: too many came of people who may not write", { user, name, permission });
    return null;
  }
  const answer = await decide(asked, permission, options);
  log.info("Read a command", { user, name, argument, permission, reaction: answer.reaction });
  await tell(asked, answer, options);
  return answer.look;
}

function helpOf({ change }: HostTraits): Answer {
  const lines = Object.values(COMMANDS).map(
    ({ usage, does }) => `- \`/headwater ${usage}\` ${does(change)}\n`,
  );
  return { reaction: "eyes", words: HELP + lines.join(""), look: null };
}

/** Who may not even read the repository is not told what there is. */
async function decide(asked: Asked, permission: Permission, options: CommandOptions): Promise<Answer> {
  const command = Object.hasOwn(COMMANDS, asked.name) ? COMMANDS[asked.name] : undefined;
  if (rankOf(permission) < rankOf("read")) return { reaction: "-1", words: null, look: null };
  if (command === undefined) return { ...helpOf(options.host.traits), reaction: "confused" };
  if (rankOf(permission) < rankOf(command.needs))
    return {
      reaction: "-1",
      words: `Not done: it takes the permission to ${command.needs} here.`,
      look: null,
    };
  const change = await options.host.findChange(asked.place, asked.number);
  return change === null
    ? { reaction: "confused", words: null, look: null }
    : command.answer(asked, change, options);
}

function lookAgain({ place }: Asked, change: Change): Answer {
  return { reaction: "eyes", words: null, look: change.isOpen ? { ...change, place } : null };
}

/** Help is one comment, edited in place; every other answer is one of its own, because it is to somebody. */
async function tell(asked: Asked, { reaction, words }: Answer, options: CommandOptions): Promise<void> {
  const { hostName, outbox } = options;
  const { place, number, commentId, argument, name } = asked;
  const common = { account: place.account, rank: RANK };
  const where = `${hostName} ${place.repositoryId}`;
  if (commentId !== null) {
    const wanted = { kind: "reaction", place, number, commentId, reaction } as const;
    await outbox.wish({ ...common, key: `reaction ${where} ${commentId}`, wanted });
  }
  if (words === null) return;
  const of = words.startsWith(HELP) ? "help" : `answer ${commentId ?? `${name} ${argument}`}`;
  const wanted: WantedComment = { kind: "comment", place, number, marker: `headwater ${of}`, body: words };
  await outbox.wish({ ...common, key: `${of} ${where} ${number}`, wanted });
}

function rankOf(permission: Permission): number {
  return PERMISSIONS.indexOf(permission);
}

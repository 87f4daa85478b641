import { createTransport } from "nodemailer";
import { createMask } from "../../logs/mask.js";
import type { Secrets } from "../../secrets/secrets.js";
import type { AlertMessage } from "../alert-message.js";
import { finalFailure, type Channel, type Sent } from "./channel.js";

/** The password of the user in the address of the mail server, so that it need not stand there. */
const PASSWORD = "SMTP_PASSWORD";

export interface EmailOptions {
  readonly secrets: Secrets;
  /** `smtp://user@mail.example:587`, or `smtps://…` for TLS from the start; null for none. */
  readonly smtpUrl: string | null;
  readonly from: string;
  readonly timeoutMs: number;
}

const NOT_CONFIGURED = "the service has no mail server: set HEADWATER_SMTP_URL";

/** `email`: a message of plain text to all its addresses, by SMTP. */
export function createEmailChannel(options: EmailOptions): Channel {
  const { smtpUrl } = options;
  return {
    problem: async () => (smtpUrl === null ? NOT_CONFIGURED : null),
    async send(to, message, stop) {
      if (smtpUrl === null) return finalFailure(NOT_CONFIGURED);
      const server = new URL(smtpUrl);
      const written = decodeURIComponent(server.password);
      const password =
        written !== "" ? written : ((await options.secrets.read([PASSWORD], "live")).get(PASSWORD) ?? "");
      return sendMail({ ...options, server, password, to }, message, stop);
    },
  };
}

type Mailing = Omit<EmailOptions, "smtpUrl"> & {
  readonly server: URL;
  readonly password: string;
  readonly to: string;
};

async function sendMail(mailing: Mailing, message: AlertMessage, stop: AbortSignal): Promise<Sent> {
  const { server, password, from, to, timeoutMs } = mailing;
  const isSecure = server.protocol === "smtps:";
  const user = decodeURIComponent(server.username);
  const transport = createTransport({
    host: server.hostname.replace(/^\[|\]$/g, ""),
    port: Number(server.port === "" ? (isSecure ? 465 : 587) : server.port),
    secure: isSecure,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    // What an alert says comes from outside: it must not name files or addresses that are then read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const abort = (): void => transport.close();
  stop.addEventListener("abort", abort, { once: true });
  try {
    const { id } = message.alert;
    await transport.sendMail({
      from,
      to,
      subject: message.title,
      text: textOf(message),
      // The same for every try, so that a mailbox may tell that it has it.
      messageId: `<${id}@headwater>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return { ok: true };
  } catch (error) {
    const reason = createMask([password])(error instanceof Error ? error.message : String(error));
    return { ok: false, error: reason, isFinal: isRefusal(error), retryAfterMs: null };
  } finally {
    stop.removeEventListener("abort", abort);
    transport.close();
  }
}

/** A mail server answers 500 and more for good. Source: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("responseCode" in error)) return false;
  return typeof error.responseCode === "number" && error.responseCode >= 500;
}

function textOf({ title, details, log, url }: AlertMessage): string {
  return [title, ...details, ...(log.length === 0 ? [] : [log.join("\n")]), ...(url === null ? [] : [url])]
    .join("\n\n")
    .concat("\n");
}

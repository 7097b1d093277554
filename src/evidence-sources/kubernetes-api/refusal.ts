import { isRecord } from '../../domain/shape.ts';

/** The server understood and said no. */
export interface Refusal {
  readonly state: 'refused';
  readonly status: number;
  /** Kubernetes' own word, for example "Conflict". Absent: what answered was no API server, or did not tell. */
  readonly reason: string | undefined;
  readonly message: string;
  readonly causes: readonly { readonly reason: string | undefined; readonly message: string }[];
  /** Absent: the server named no time. */
  readonly retryAfterSeconds: number | undefined;
}

interface Refused {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** What the server says in a Status object, or the beginning of whatever else it sent. */
export function refusalFrom({ status, body, retryAfter }: Refused): Refusal {
  const said = statusIn(body);
  const message = text(said['message']) ?? body.replaceAll(/<[^>]*>/g, ' ');
  const details = isRecord(said['details']) ? said['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : [];
  const seconds = Number(retryAfter ?? details['retryAfterSeconds']);
  return {
    state: 'refused',
    status,
    reason: text(said['reason']),
    message: `the server answered ${status}: ${oneLine(message)}`,
    causes: causes.map((cause) => ({ reason: text(cause['reason']), message: oneLine(text(cause['message']) ?? '') })),
    retryAfterSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
  };
}

function statusIn(body: string): { readonly [key: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, 400);
}

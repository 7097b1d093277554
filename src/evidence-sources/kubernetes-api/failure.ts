import type { WhyUnreadable } from '../../domain/evidence.ts';

/** Why nothing can be read from the cluster at all, in the words that a person at a terminal needs. */
export interface Failure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}

export function failure(attempted: string, happened: string, whatToDo: string): Failure {
  return { state: 'failed', attempted, happened, whatToDo };
}

/** Why one question has no answer. */
export interface NoAnswer {
  readonly state: 'no-answer';
  readonly because: WhyUnreadable;
  readonly detail: string;
  /** Absent: nothing in particular. */
  readonly whatToDo?: string;
}

export function noAnswer(because: WhyUnreadable, detail: string, whatToDo?: string): NoAnswer {
  return { state: 'no-answer', because, detail, ...(whatToDo === undefined ? {} : { whatToDo }) };
}

/** The innermost message of an error, on one line: libraries wrap what the reader wants to know. */
export function spokenError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors.find((each) => each instanceof Error) : error.cause;
  const text = inner instanceof Error ? spokenError(inner) : error.message || error.name;
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/** "ECONNREFUSED", "CERT_HAS_EXPIRED" …, of the error or of what caused it. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return errorCode(inner) ?? own;
}

import type { z } from 'zod';
import type { Credential } from '../../domain/credential.ts';
import type { Role } from '../../domain/role.ts';
import type { Failed } from '../act/acting.ts';
import type { ServedIncidents } from './served-incidents.ts';

/**
 * One thing that the server can do. The HTTP route, the MCP tool, the OpenAPI document and the table of who may do what are
 * derived from the list of these; a new one is one file.
 */
export interface Operation<Input extends z.ZodObject, Output extends z.ZodType> {
  /** Verb and noun, as the file is called: name of the MCP tool and of the entry in the audit log, for example "answer-plan". */
  readonly name: string;
  /** One sentence, for the tool list and the OpenAPI document. */
  readonly summary: string;
  /**
   * reads: GET, and a read-only tool. changes-incident: POST. changes-cluster: POST; something in a cluster may be changed as a
   * consequence. Only `operate` may do it, and it is no tool: programs propose, people approve.
   */
  readonly effect: 'reads' | 'changes-incident' | 'changes-cluster';
  /** Below /api/v1, with its parameters as ":name"; every parameter is a field of the input. Unique together with the verb. */
  readonly route: string;
  /** The least role that may do it. There is no default: who adds an operation decides. */
  readonly role: Role;
  /** True: offered to programs over MCP. False: for people, for example because it hands out a secret or speaks for somebody. */
  readonly isTool: boolean;
  /** True: what it does is in the audit log before it is done, where it is done. Absent: its surface puts it there afterwards. */
  readonly isRecordedBefore?: true;
  /** Numbers may arrive as text: see `wholeNumber`. */
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, run: OperationRun) => Promise<OperationResult<z.input<Output>>>;
}

/** With the types of its input and output erased, as the surfaces run it. */
export type AnyOperation = Operation<z.ZodObject, z.ZodType>;

export function defineOperation<Input extends z.ZodObject, Output extends z.ZodType>(operation: Operation<Input, Output>): AnyOperation {
  return operation as unknown as AnyOperation;
}

export interface OperationRun {
  readonly incidents: ServedIncidents;
  /** Who asked, for the record. */
  readonly by: string;
  /** With what they were let in. */
  readonly credential: Credential;
  readonly role: Role;
  readonly signal: AbortSignal;
  /** Hears what is waited for, where it takes long. Not kept. */
  readonly progress: (text: string) => void;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export type OperationResult<Value> =
  | { readonly state: 'done'; readonly value: Value }
  /** There is no such thing. */
  | { readonly state: 'missing'; readonly what: string }
  /** It cannot be done as things stand, for example because the plan is blocked or has changed. */
  | { readonly state: 'refused'; readonly because: string }
  | Failed;

/** What the facade answered, where it has nothing to tell but that it is done. */
export function acceptedOr(
  answer: { readonly state: 'done' } | { readonly state: 'missing' } | { readonly state: 'refused'; readonly because: string } | Failed,
  what: string,
): OperationResult<{ readonly accepted: true }> {
  switch (answer.state) {
    case 'done':
      return { state: 'done', value: { accepted: true } };
    case 'missing':
      return { state: 'missing', what };
    case 'refused':
    case 'failed':
      return answer;
  }
}

import type { z } from 'zod';
import type { Role } from '../../domain/role.ts';
import type { Failed } from '../act/acting.ts';
import type { ServedIncidents } from '../serve/served-incidents.ts';

/**
 * One thing that the server can do. The HTTP route, the MCP tool, the OpenAPI document and the table of who may do what are
 * derived from the list of these; a new one is one file.
 */
export interface Operation<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  /** Verb and noun: name of the MCP tool and of the entry in the audit log, for example "approve-plan". */
  readonly name: string;
  /** One sentence, for the tool list and the OpenAPI document. */
  readonly summary: string;
  /**
   * reads: GET, and a read-only tool. changes-incident: POST. changes-cluster: POST; something in a cluster may be changed as a
   * consequence, so that only `operate` may do it, and a tool that is marked destructive.
   */
  readonly effect: 'reads' | 'changes-incident' | 'changes-cluster';
  /** Below /api/v1, with its parameters as ":name"; every parameter is a field of the input. Unique together with the verb. */
  readonly route: string;
  /** The least role that may do it. There is no default: who adds an operation decides. */
  readonly role: Role;
  /** False: not offered to programs over MCP, for example because it hands out a secret. */
  readonly isTool: boolean;
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, run: OperationRun) => Promise<OperationResult<z.input<Output>>>;
}

export interface OperationRun {
  readonly incidents: ServedIncidents;
  /** Who asked, for the record. */
  readonly by: string;
  readonly role: Role;
  readonly signal: AbortSignal;
}

export type OperationResult<Value> =
  | { readonly state: 'done'; readonly value: Value }
  /** There is no such thing. */
  | { readonly state: 'missing'; readonly what: string }
  /** It cannot be done as things stand, for example because the plan is blocked or has changed. */
  | { readonly state: 'refused'; readonly because: string }
  | Failed;

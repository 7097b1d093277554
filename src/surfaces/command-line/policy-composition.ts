import type { Policy } from '../../domain/policy.ts';
import type { ColourChoice } from './colours.ts';

export interface PolicyRequest {
  readonly command: 'policy';
  readonly file: string;
  readonly colour: ColourChoice;
}

/** What checking a policy needs from the rest of the program. */
export interface PolicyComposition {
  readonly readPolicy: (file: string) => Promise<PolicyRead | RefusedPolicy>;
}

interface PolicyRead {
  readonly state: 'read';
  readonly policy: Policy;
}

interface RefusedPolicy {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
  /** All that is wrong with its text. Empty: it could not be read at all. */
  readonly problems: readonly { readonly line?: number; readonly at: string; readonly says: string }[];
}

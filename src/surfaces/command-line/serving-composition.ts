import type { ActSettings } from './acting-composition.ts';
import type { Failure, SourceOptions } from './looking.ts';

/** What `serve` needs from the rest of the program. */
export interface ServingComposition {
  /** Serves until the signal says so, and puts everything down in good order. `told`: one line, for who operates it. */
  readonly serve: (
    request: ServeRequest,
    told: (line: string) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly state: 'stopped' } | Failure>;
}

export interface ServeRequest {
  /** Where incidents are looked at; each with the page that it was opened for. */
  readonly source: Omit<SourceOptions, 'alert'>;
  readonly settings: ActSettings;
  readonly listen: { readonly host: string; readonly port: number };
  /** Path of a file with webhooks' secrets, deliveries and the rest. Absent: the server is not set up. */
  readonly config?: string;
  /** Path of a file with the administrator's token, the same for all replicas. Absent: the first server makes one, and tells it once. */
  readonly adminTokenFile?: string;
}

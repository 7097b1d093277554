import type { ServerSettings } from '../../domain/server-settings.ts';
import type { ServedIncidents } from '../../engine/serve/served-incidents.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OpenIdProvider } from '../../ports/open-id-provider.ts';
import type { ServerLog } from '../../ports/server-log.ts';
import type { ServerStore } from '../../ports/server-store.ts';

/** Everything that the HTTP surface needs. */
export interface HttpServerInput {
  readonly incidents: ServedIncidents;
  readonly store: Pick<ServerStore, 'access' | 'pages' | 'jobs' | 'check'>;
  readonly settings: ServerSettings;
  /** Whom to ask who people are, where the settings name one. */
  readonly openId?: OpenIdProvider;
  readonly clock: Clock;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: ServerLog;
  readonly version: string;
  /** `port`: 0 takes any that is free. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Folder with the built page. Absent: there is none, and `/` says so. */
  readonly pageFolder?: string;
  /** Kinds of jobs that there are, for metrics. */
  readonly jobKinds: readonly string[];
  /** Absent: the usual ones. */
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  /** Of any request but a group of Alertmanager's. */
  readonly bodyBytes: number;
  /** Of a group of Alertmanager's, whose secret is looked at before its body is read. */
  readonly groupBytes: number;
  /** From the first byte of a request to the last of its headers, and of the whole of it. */
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  /** Of a connection on which nothing comes or goes, such as that of somebody who asks and does not read. */
  readonly silenceMilliseconds: number;
  /** How often slow connections are looked for. */
  readonly checkEveryMilliseconds: number;
  readonly connections: number;
  /** Requests of one address, of one token, webhooks of one address, and sign-ins that fail; each within a minute. */
  readonly perAddress: number;
  readonly perToken: number;
  readonly webhooksPerAddress: number;
  readonly failedSignIns: number;
  /** Sessions that are begun with one token within a minute. */
  readonly signInsPerToken: number;
  /** Entries of the audit log within a minute: of one kind of refusal, for one user, and for all together whom nobody knows. */
  readonly recordedRefusals: number;
  /** Open streams of one user, and of all together. */
  readonly streamsPerUser: number;
  readonly streams: number;
  /** How long a stop waits for requests that are under way. */
  readonly stopMilliseconds: number;
}

/**
 * Group: Alertmanager sends all alerts of a group in one piece, thousands of them in a bad night, and gives up a group that is
 * refused as too large. Silence: longer than an answer is waited for, which is two minutes at most. Webhooks: a storm of a thousand in ten seconds must get in, several times over. Failed sign-ins: a person mistypes a few
 * times; 256 bits are not guessed in any number, but a flood of guesses must not fill the audit log.
 */
export const usualLimits: HttpLimits = {
  bodyBytes: 1024 * 1024,
  groupBytes: 8 * 1024 * 1024,
  headersMilliseconds: 10_000,
  requestMilliseconds: 30_000,
  silenceMilliseconds: 150_000,
  checkEveryMilliseconds: 5_000,
  connections: 2_000,
  perAddress: 3_000,
  perToken: 3_000,
  webhooksPerAddress: 30_000,
  failedSignIns: 10,
  signInsPerToken: 30,
  recordedRefusals: 60,
  streamsPerUser: 30,
  streams: 500,
  stopMilliseconds: 10_000,
};

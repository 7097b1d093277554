import type { Delivery } from './delivery.ts';
import type { Secret } from './secret.ts';

export const serverSettingsSchema = 'stanch.dev/server/v1';

/** How an operator sets a server up. Secrets are resolved: where a file or a variable was named, its content is here. */
export interface ServerSettings {
  /** How people reach the page, without a path: "https://stanch.example.com". Absent: not known, so that nothing links to it. */
  readonly publicAddress: string | undefined;
  /** IANA name, for reminders. Absent: this machine's. */
  readonly timeZone: string | undefined;
  /** Addresses and networks whose word about the client's address and protocol is taken. Empty: nobody's. */
  readonly trustedProxies: readonly string[];
  readonly metrics: {
    /** token: with an access token of any role. anyone: without. */
    readonly readableBy: 'token' | 'anyone';
  };
  readonly webhooks: WebhookSettings;
  readonly deliveries: readonly DeliverySettings[];
}

/** Several secrets of one webhook are all good, so that they can be exchanged without a gap. Empty: it takes nothing. */
export interface WebhookSettings {
  readonly alertmanager: readonly Secret[];
  readonly pagerDuty: readonly Secret[];
  readonly page: readonly Secret[];
}

/** Somewhere outside that is told about incidents. `name`: unique, for the record. */
export type DeliverySettings = {
  readonly name: string;
  readonly takes: readonly Delivery['kind'][];
} & (
  | { readonly kind: 'slack'; readonly address: Secret }
  | { readonly kind: 'webhook'; readonly address: Secret; readonly signWith: Secret | undefined }
  | {
      readonly kind: 'github';
      readonly address: string;
      /** "owner/name". */
      readonly repository: string;
      readonly token: Secret;
      readonly labels: readonly string[];
    }
  | {
      readonly kind: 'jira';
      readonly address: string;
      readonly project: string;
      readonly issueType: string;
      readonly user: string;
      readonly token: Secret;
    }
  | {
      readonly kind: 'pagerduty';
      readonly address: string;
      readonly token: Secret;
      /** E-mail address of the PagerDuty user in whose name notes are written. */
      readonly from: string;
    }
  | {
      readonly kind: 'mail';
      readonly host: string;
      readonly port: number;
      readonly encryption: 'tls' | 'starttls' | 'none';
      readonly login: { readonly user: string; readonly password: Secret } | undefined;
      readonly from: string;
      readonly to: readonly string[];
    }
);

/** A server that nobody set up: it works what is handed in by hand, and tells nobody. */
export const usualServerSettings: ServerSettings = {
  publicAddress: undefined,
  timeZone: undefined,
  trustedProxies: [],
  metrics: { readableBy: 'token' },
  webhooks: { alertmanager: [], pagerDuty: [], page: [] },
  deliveries: [],
};

import type { Delivery } from './delivery.ts';
import { type Role, roles } from './role.ts';
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
  /** Absent: people sign in with access tokens alone. */
  readonly openId: OpenIdSettings | undefined;
  readonly webhooks: WebhookSettings;
  readonly deliveries: readonly DeliverySettings[];
}

/** Who is asked who people are (OpenID Connect), and what they may do then. */
export interface OpenIdSettings {
  /** As people call it: "Sign in with …". */
  readonly name: string;
  /** As the provider writes itself: "https://login.example.com/realms/operations". */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret: Secret | undefined;
  readonly scopes: readonly string[];
  /** The claim of the ID token that is the person's name here. */
  readonly userClaim: string;
  /** The claim of the ID token that lists the person's groups. */
  readonly groupsClaim: string;
  /** By role: the groups whose members have it. Who is in none may not sign in. */
  readonly roles: { readonly [Each in Role]: readonly string[] };
}

/** The highest role of any of the groups. Undefined: none of them has one. */
export function roleOfGroups(groups: readonly string[], { roles: granted }: Pick<OpenIdSettings, 'roles'>): Role | undefined {
  return roles.findLast((role) => granted[role].some((group) => groups.includes(group)));
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
  openId: undefined,
  webhooks: { alertmanager: [], pagerDuty: [], page: [] },
  deliveries: [],
};

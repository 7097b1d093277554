import type { Instant } from './instant.ts';

/** Something to tell somebody outside. Redacted already. Plain text and Markdown; each target makes its own form of it. */
export type Delivery = {
  /** The same content for the same target has the same key, whoever asks for it and however often. */
  readonly key: string;
  readonly incident: string;
  /** One line. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** Address of the incident's page. Absent: the server does not know how it is reached. */
  readonly link?: string;
} & (
  | { readonly kind: 'status'; readonly state: string; readonly pagerDutyIncident?: string }
  | { readonly kind: 'notes'; readonly pagerDutyIncident?: string }
  | { readonly kind: 'ticket' }
  | { readonly kind: 'reminder'; readonly due: Instant }
);

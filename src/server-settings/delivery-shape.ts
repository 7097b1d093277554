import { z } from 'zod';
import type { Delivery } from '../domain/delivery.ts';
import { secretReference } from './secret-reference.ts';

const kinds = ['status', 'notes', 'ticket', 'reminder'] as const satisfies readonly Delivery['kind'][];

const httpAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'it should be an address that begins with https://')
  .transform((text) => text.replace(/\/+$/, ''));

const mailbox = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'it should be an e-mail address');

function takes(usual: readonly Delivery['kind'][]) {
  return z.array(z.enum(kinds)).min(1).readonly().default(usual);
}

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'it should be lower-case letters, digits and hyphens');

/** Somewhere that is told about incidents. */
export const deliveryShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), name, takes: takes(['status', 'reminder']), address: secretReference }),
  z.strictObject({
    kind: z.literal('webhook'),
    name,
    takes: takes(['status', 'notes', 'ticket', 'reminder']),
    address: secretReference,
    signWith: secretReference.optional(),
  }),
  z.strictObject({
    kind: z.literal('github'),
    name,
    takes: takes(['ticket']),
    address: httpAddress.default('https://api.github.com'),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'it should be owner/name'),
    token: secretReference,
    labels: z.array(z.string().min(1).max(50)).max(20).readonly().default([]),
  }),
  z.strictObject({
    kind: z.literal('jira'),
    name,
    takes: takes(['ticket']),
    address: httpAddress,
    project: z.string().regex(/^[A-Z][A-Z0-9_]{1,30}$/, 'it should be the key of a project, for example OPS'),
    issueType: z.string().min(1).max(100).default('Task'),
    user: z.string().min(1).max(200),
    token: secretReference,
  }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    name,
    takes: takes(['status', 'notes']),
    address: httpAddress.default('https://api.pagerduty.com'),
    token: secretReference,
    from: mailbox,
  }),
  z.strictObject({
    kind: z.literal('mail'),
    name,
    takes: takes(['reminder']),
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(587),
    encryption: z.enum(['tls', 'starttls', 'none']).default('starttls'),
    login: z.strictObject({ user: z.string().min(1).max(200), password: secretReference }).optional(),
    from: mailbox,
    to: z.array(mailbox).min(1).max(50).readonly(),
  }),
]);
export type WrittenDelivery = z.output<typeof deliveryShape>;

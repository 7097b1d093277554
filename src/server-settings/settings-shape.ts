import { isIP } from 'node:net';
import { z } from 'zod';
import { serverSettingsSchema, usualServerSettings } from '../domain/server-settings.ts';
import { deliveryShape } from './delivery-shape.ts';
import { openIdShape } from './open-id-shape.ts';
import { secretReference } from './secret-reference.ts';

/** Shorter ones can be guessed. */
export const leastSecretCharacters = 16;

const webhook = z.strictObject({ secrets: z.array(secretReference).min(1).max(10).readonly() });

const settingsFields = z.strictObject({
  schema: z.literal(serverSettingsSchema),
  publicAddress: z
    .string()
    .refine(isPublicAddress, 'it should be an address without a path, for example https://stanch.example.com')
    .transform((text) => new URL(text).origin)
    .optional(),
  timeZone: z.string().refine(isTimeZone, 'there is no such time zone; write for example Europe/Berlin').optional(),
  trustedProxies: z
    .array(z.string().refine(isNetwork, 'it should be an address or a network, for example 10.0.0.0/8'))
    .max(100)
    .readonly()
    .default([]),
  metrics: z.strictObject({ readableBy: z.enum(['token', 'anyone']) }).default(usualServerSettings.metrics),
  openId: openIdShape.optional(),
  webhooks: z.strictObject({ alertmanager: webhook.optional(), pagerduty: webhook.optional(), page: webhook.optional() }).default({}),
  deliveries: z
    .array(deliveryShape)
    .max(50)
    .readonly()
    .default([])
    .superRefine((deliveries, context) => {
      deliveries.forEach(({ name }, index) => {
        if (deliveries.findIndex((other) => other.name === name) < index)
          context.addIssue({ code: 'custom', path: [index, 'name'], message: 'another delivery has the same name' });
      });
    }),
});

/** The file as it is written; its secrets are still references. */
export const settingsShape = settingsFields.refine(({ openId, publicAddress }) => openId === undefined || publicAddress !== undefined, {
  path: ['openId'],
  message: 'it needs publicAddress: the provider sends people back there, and to nowhere that a request names',
});
export type WrittenSettings = z.output<typeof settingsShape>;

/** For "did you mean". */
export const everyKey: readonly string[] = [
  'schema',
  'publicAddress',
  'timeZone',
  'trustedProxies',
  'metrics',
  'readableBy',
  'openId',
  'issuer',
  'clientId',
  'clientSecret',
  'scopes',
  'userClaim',
  'groupsClaim',
  'roles',
  'view',
  'operate',
  'administer',
  'webhooks',
  'alertmanager',
  'pagerduty',
  'page',
  'secrets',
  'file',
  'environment',
  'deliveries',
  'name',
  'kind',
  'takes',
  'address',
  'signWith',
  'repository',
  'token',
  'labels',
  'project',
  'issueType',
  'user',
  'from',
  'host',
  'port',
  'encryption',
  'login',
  'password',
  'to',
];

function isPublicAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && pathname === '/' && `${search}${hash}${username}${password}` === '';
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

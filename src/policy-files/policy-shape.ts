import { z } from 'zod';
import type { NamePatterns, Policy, PolicyHours, PolicyRule, Weekday } from '../domain/policy.ts';
import { policySchema, usualPolicy, weekdays } from '../domain/policy.ts';
import { mostSimilar } from '../domain/similar-name.ts';

export interface KnownNames {
  /** Ids of the mitigations that there are. Absent: any name is taken. */
  readonly mitigations?: readonly string[];
}

/** Earlier attempts are read back for as long as a budget lasts; a month is longer than any incident. */
const longestBudgetMinutes = 31 * 24 * 60;

const purpose = z.enum(['mitigate', 'repair']);
const attempts = z.strictObject({ most: z.int().min(1).max(100), withinMinutes: z.int().min(1).max(longestBudgetMinutes) }).readonly();

/** A file as it is written, turned into the domain's policy. */
export function policyShape(known: KnownNames): z.ZodType<Policy> {
  return z
    .strictObject({
      schema: z.literal(policySchema),
      rules: z.array(ruleShape(known)).max(200).readonly().default(usualPolicy.rules),
      limits: limits.prefault({}),
      probing: probing.prefault({}),
    })
    .superRefine(({ rules }, context) => {
      rules.forEach(({ name }, index) => {
        if (rules.findIndex((other) => other.name === name) < index)
          context.addIssue({ code: 'custom', path: ['rules', index, 'name'], message: 'another rule has the same name' });
      });
    })
    .transform(({ rules, limits: limitsRead, probing: probingRead }) => ({ rules, limits: limitsRead, probing: probingRead }));
}

const limits = z
  .strictObject({
    cordonedNodes: z.int().min(0).max(10_000).default(usualPolicy.limits.mostCordonedNodes),
    protectedNamespaces: z
      .array(namePattern('a namespace', /^[a-z0-9*-]+$/))
      .readonly()
      .default(usualPolicy.limits.protectedNamespaces),
    deletion: z.enum(['never', 'where-eviction-cannot-serve']).default(usualPolicy.limits.deletion),
  })
  .transform(({ cordonedNodes, ...others }) => ({ mostCordonedNodes: cordonedNodes, ...others }));

const probing = z
  .strictObject({
    nodeAccess: z.enum(['none', 'ssh', 'debug-pod']).default(usualPolicy.probing.nodeAccess),
    exec: z.boolean().default(usualPolicy.probing.canExec),
  })
  .transform(({ nodeAccess, exec }) => ({ nodeAccess, canExec: exec }));

const day = z
  .string()
  .refine((text) => dayOf(text) !== undefined, `it should be a day of the week: ${weekdays.join(', ')}`)
  .transform((text) => dayOf(text) ?? 'Monday');

const timeOfDay = z
  .string()
  .refine((text) => !Number.isNaN(minuteOf(text)), 'it should be a time of day, for example "09:00" or "17:30"')
  .transform(minuteOf);

const hours = z
  .strictObject({
    days: z
      .array(day)
      .min(1)
      .default([...weekdays]),
    from: timeOfDay.refine((minute) => minute < 24 * 60, 'the day is over at 24:00; hours begin earlier'),
    until: timeOfDay,
    timeZone: z.string().refine(isTimeZone, 'there is no such time zone; write for example Europe/Berlin'),
  })
  .refine(({ from, until }) => from !== until, { path: ['until'], message: 'it is the same as from; leave hours out for any time' })
  .transform(({ days, from, until, timeZone }): PolicyHours => {
    const [first = 'Monday', ...more] = weekdays.filter((day) => days.includes(day));
    return { days: [first, ...more], fromMinute: from, untilMinute: until === 0 ? 24 * 60 : until, timeZone };
  });

function ruleShape({ mitigations }: KnownNames): z.ZodType<PolicyRule> {
  return z
    .strictObject({
      name: z.string().trim().min(1).max(100),
      mitigations: namesOrAny('mitigations', mitigationName(mitigations)),
      purposes: z.array(purpose).min(1).default(['mitigate']),
      namespaces: namesOrAny('namespaces', namePattern('a namespace', /^[a-z0-9*-]+$/)),
      nodes: namesOrAny('nodes', namePattern('a node', /^[a-z0-9.*-]+$/)).default('any'),
      clusters: namesOrAny('clusters', z.string().min(1).max(500)).default('any'),
      attempts,
      hours: hours.optional(),
      repairConfidence: z.number().min(0).max(1).optional(),
      unsavedEvidence: z.enum(['ask', 'accept']).default('ask'),
    })
    .superRefine(({ purposes, repairConfidence }, context) => {
      const isRepairing = purposes.includes('repair');
      if (isRepairing === (repairConfidence !== undefined)) return;
      const message = isRepairing
        ? 'a rule that repairs says how sure the diagnosis has to be, for example repairConfidence: 0.8'
        : 'it is only for rules whose purposes name repair';
      context.addIssue({ code: 'custom', path: isRepairing ? [] : ['repairConfidence'], message });
    })
    .transform(({ purposes, hours: hoursRead, repairConfidence, unsavedEvidence, ...others }): PolicyRule => {
      const [first = 'mitigate', ...more] = purpose.options.filter((each) => purposes.includes(each));
      return {
        ...others,
        purposes: [first, ...more],
        ...(hoursRead === undefined ? {} : { hours: hoursRead }),
        ...(repairConfidence === undefined ? {} : { repairConfidence }),
        ...(unsavedEvidence === 'accept' ? { isWithoutEvidence: true } : {}),
      };
    });
}

/** Told apart by hand, because a union would only say that neither form fits. */
function namesOrAny(what: string, name: z.ZodType<string>): z.ZodType<NamePatterns | 'any'> {
  const list = z.array(name).max(500);
  return z.unknown().transform((value, context): NamePatterns | 'any' => {
    if (value === 'any') return value;
    if (!Array.isArray(value) || value.length === 0 || value.includes('any')) {
      context.addIssue({ code: 'custom', message: wrongNames(what, value) });
      return z.NEVER;
    }
    const read = list.safeParse(value);
    if (!read.success) for (const issue of read.error.issues) context.addIssue({ ...issue, code: 'custom', message: issue.message });
    const [first, ...more] = read.data ?? [];
    return first === undefined ? z.NEVER : [first, ...more];
  });
}

function wrongNames(what: string, value: unknown): string {
  if (value === undefined) return `it is missing; name the ${what} in a list, or write ${what}: any`;
  if (typeof value === 'string') return `it should be a list, for example [${value}], or any`;
  if (!Array.isArray(value)) return 'it should be a list of names, or any';
  return value.length === 0 ? 'an empty list allows nothing; leave the rule out' : `"any" stands alone: ${what}: any`;
}

function namePattern(what: string, form: RegExp): z.ZodType<string> {
  return z
    .string('it should be text')
    .max(253)
    .regex(form, `it cannot be the name of ${what}: lower-case letters, digits and hyphens, and * for any characters`);
}

function mitigationName(known: readonly string[] | undefined): z.ZodType<string> {
  return z.string('it should be text').superRefine((name, context) => {
    if (known === undefined || known.includes(name)) return;
    const meant = mostSimilar(name, known);
    context.addIssue({ code: 'custom', message: `there is no mitigation ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}` });
  });
}

/** Monday, monday or Mon. */
function dayOf(text: string): Weekday | undefined {
  const wanted = text.trim().toLowerCase();
  return weekdays.find((each) => each.toLowerCase() === wanted || each.slice(0, 3).toLowerCase() === wanted);
}

/** Minutes after midnight. NaN: it is no time of day. */
function minuteOf(text: string): number {
  const [, hour, minute] = /^(\d{1,2}):([0-5]\d)$/.exec(text.trim()) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes <= 24 * 60 ? minutes : Number.NaN;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** For "did you mean". */
export const everyKey: readonly string[] = [
  'schema',
  'rules',
  'limits',
  'probing',
  'name',
  'mitigations',
  'purposes',
  'namespaces',
  'nodes',
  'clusters',
  'attempts',
  'most',
  'withinMinutes',
  'hours',
  'days',
  'from',
  'until',
  'timeZone',
  'repairConfidence',
  'unsavedEvidence',
  'cordonedNodes',
  'protectedNamespaces',
  'deletion',
  'nodeAccess',
  'exec',
];

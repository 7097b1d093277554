import { z } from 'zod';
import { isIncidentId } from '../../domain/incident-id.ts';

/** Fields that several operations take or give. */

export const moment = (description: string) => z.string().meta({ format: 'date-time', description: `${description} RFC 3339, UTC.` });
export const text = (description: string) => z.string().meta({ description });
export const texts = (description: string) => z.array(z.string()).readonly().meta({ description });
export const holds = z.enum(['yes', 'no', 'cannot-tell']);

/** Of an incident, as a parameter. */
export const incidentParameter = z
  .string()
  .max(80)
  .refine(isIncidentId, 'it is no id of an incident')
  .meta({ description: 'Id of the incident, for example 2026-11-21-0247-payment-errors-k3f9.' });

/** A whole number that may arrive as text, as in an address. */
export function wholeNumber({ from, to, description }: { readonly from: number; readonly to: number; readonly description: string }) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.int().min(from).max(to).meta({ description }),
  );
}

/** What an operation answers that has nothing to tell. */
export const accepted = z.object({
  accepted: z.literal(true).meta({ description: 'It is stored; what follows from it is seen in the incident.' }),
});

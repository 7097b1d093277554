import { z } from 'zod';
import { text } from './fields.ts';

const longestPage = 500_000;

export const pageText = z.string().min(1).max(longestPage).meta({
  description:
    'What paged: an Alertmanager webhook payload, a PagerDuty V3 event, a JSON object with "name" and "labels", or a sentence such as "checkout is slow in namespace shop".',
});

export const openedShape = z.object({
  page: text('Id of the page.'),
  incident: z.exactOptional(text('The incident that it went to. Absent: nobody has worked it yet.')),
});

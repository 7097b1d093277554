import type { Question } from './alert.ts';
import { millisecondsPerHour } from './instant.ts';

/** No page, and nobody named: what is wrong in this cluster? */
export const nobodyAsked: Question = {
  alert: undefined,
  alertExpression: undefined,
  namespace: undefined,
  selector: undefined,
  lookBackMilliseconds: millisecondsPerHour,
};

import type { Alert } from '../domain/alert.ts';

/** What one reader makes of a JSON value. refused: it is of this reader's form, but tells of no alert. */
export type PayloadReading =
  | { readonly state: 'read'; readonly alerts: readonly Alert[] }
  | { readonly state: 'refused'; readonly happened: string; readonly whatToDo: string }
  | { readonly state: 'not-this-form' };

export const notThisForm: PayloadReading = { state: 'not-this-form' };

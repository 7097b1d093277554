import { byItself } from './incident-event.ts';

/** What a record says where no person did it. */
const ofNobody: ReadonlySet<string> = new Set([byItself, 'nobody']);
const longestName = 200;

/** Whether a record can tell a person by it: one line of what can be seen, and not the name of somebody who is no person. */
export function isUserName(text: string): boolean {
  const name = text.trim();
  return name !== '' && name.length <= longestName && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name) && !ofNobody.has(name.toLowerCase());
}

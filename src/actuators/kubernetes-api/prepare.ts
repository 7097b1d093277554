import type { ClusterChange } from '../../domain/cluster-change.ts';
import { exactWrite, type WorkedOut } from '../../domain/exact-write.ts';
import { fieldValue } from '../../domain/field-edit.ts';
import type { Instant } from '../../domain/instant.ts';
import { objectPathOf } from '../../domain/object-path.ts';
import { fieldAt, isSame, type JsonValue, type PreparedChange } from '../../domain/prepared-change.ts';
import { otherObjectsPath } from '../../domain/template-edits.ts';
import { isWriteOf } from '../../domain/write-of-change.ts';
import type { Preparation } from '../../ports/actuator.ts';
import type { ClusterRequests } from '../../ports/cluster-requests.ts';
import { isForGood, readObject, whyUnreadable } from './read-object.ts';
import { patchOf, versionOf } from './write-fields.ts';

export interface Preparing {
  readonly requests: ClusterRequests;
  readonly change: ClusterChange;
  readonly at: Instant;
}

/** Reads what the change is about, works out what would be written, and what the server would make of it. */
export async function prepare({ requests, change, at }: Preparing, signal: AbortSignal): Promise<Preparation> {
  const place = objectPathOf(change);
  if (place.state === 'refused') return place;
  const read = await readObject(requests, place.path, signal);
  if (read.state === 'unreadable') return read;
  if (read.state === 'gone') return exactWrite(change, { object: undefined, others: [] }, at);
  const others = await readOthers(requests, otherObjectsPath(change, read.object), signal);
  if (others.state === 'unreadable') return others;
  const worked = exactWrite(change, { object: read.object, others: others.items }, at);
  return worked.state === 'prepared' ? settled(requests, { prepared: worked.prepared, object: read.object }, signal) : worked;
}

type Others =
  | { readonly state: 'read'; readonly items: readonly JsonValue[] }
  | { readonly state: 'unreadable'; readonly because: string; readonly isForGood: boolean };

async function readOthers(requests: ClusterRequests, path: string | undefined, signal: AbortSignal): Promise<Others> {
  if (path === undefined) return { state: 'read', items: [] };
  const answer = await requests.send({ method: 'GET', path }, signal);
  if (answer.state !== 'answered')
    return {
      state: 'unreadable',
      because: whyUnreadable(path, answer),
      isForGood: answer.state === 'refused' && isForGood(answer.status),
    };
  const items = fieldAt(answer.value, '/items');
  return Array.isArray(items)
    ? { state: 'read', items }
    : { state: 'unreadable', because: `${path} could not be read: the answer is no list.`, isForGood: true };
}

interface Unsettled {
  readonly prepared: PreparedChange;
  /** As it was read. */
  readonly object: JsonValue;
}

/**
 * The server writes quantities in its own form, adds defaults, and lets admission webhooks change what they like. What
 * the fields would really become is learned from a dry run: without that the change could not be told from somebody
 * else's afterwards, nor be put back. Where the dry run fails, the rehearsal says so.
 */
async function settled(requests: ClusterRequests, { prepared, object }: Unsettled, signal: AbortSignal): Promise<WorkedOut> {
  const { write, change } = prepared;
  const resourceVersion = versionOf(object);
  if (write.kind !== 'set-fields' || prepared.isAlreadySo || resourceVersion === undefined) return { state: 'prepared', prepared };
  const expected = { uid: prepared.object.uid, resourceVersion };
  const answer = await requests.send(patchOf({ prepared, write, isRehearsal: true }, expected), signal);
  if (answer.state !== 'answered') return { state: 'prepared', prepared };
  const after = write.after.map(({ pointer }) => fieldValue(pointer, fieldAt(answer.value, pointer)));
  if (isSame(after, write.before))
    return {
      state: 'refused',
      because: `The server accepts ${change.kind} and leaves everything as it is; an admission webhook may be putting it back.`,
    };
  const wouldBe: PreparedChange = { ...prepared, write: { ...write, after } };
  return isWriteOf(change, wouldBe.write)
    ? { state: 'prepared', prepared: wouldBe }
    : { state: 'refused', because: `The server would make something else of ${change.kind}: ${JSON.stringify(after).slice(0, 400)}.` };
}

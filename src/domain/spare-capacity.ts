import { accepts, freeOn, requestsOf } from './capacity.ts';
import { citeObject, claimFromAll } from './citation.ts';
import { type Collection, groupBy } from './collection.ts';
import type { Node } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Precondition } from './mitigation.ts';
import { spokenBytes, spokenCores } from './quantity.ts';

/** Whether the pods find room by their requests on nodes outside `leaving`: first fit, largest first, as an upper bound of what the scheduler needs. */
export function spareCapacity(
  moving: readonly Pod[],
  leaving: ReadonlySet<string>,
  facts: { readonly nodes: Collection<Node> | undefined; readonly pods: Collection<Pod> },
): Precondition {
  const claimText = `${moving.length} replica${moving.length === 1 ? '' : 's'} fit on the other nodes by requests`;
  const nodes = facts.nodes?.all.filter((node) => !leaving.has(node.metadata.name));
  if (nodes === undefined) return { claim: `${claimText} (nodes could not be read)`, holds: 'cannot-tell', because: [] };
  const podsOf = groupBy(facts.pods.all, (pod) => pod.spec.nodeName);
  const rooms = roomsOf(nodes, podsOf);
  if (rooms.at(0) === undefined)
    return { claim: `${claimText} (no other node says what it can give)`, holds: nodes.length === 0 ? 'no' : 'cannot-tell', because: [] };
  const placed = place(moving, rooms);
  const cited = claimFromAll(
    placed.misfits === 0 ? 'Requests leave room on the other nodes.' : `${placed.misfits} of ${moving.length} replicas find no room.`,
    [0, 1, 2, 3]
      .flatMap((position) => rooms.at(position) ?? [])
      .map(({ node, cores, memoryBytes }) =>
        citeObject(node, `free by requests: ${spokenCores(cores)} cpu, ${spokenBytes(memoryBytes)} memory`),
      ),
  );
  return { claim: claimText, holds: placed.misfits === 0 ? 'yes' : 'no', because: cited === undefined ? [] : [cited] };
}

/** What nodes have to give, one after the other. Worked out when it is asked for: of thousands of nodes a few usually do. */
interface Rooms {
  /** Undefined: there are not so many. */
  readonly at: (position: number) => Room | undefined;
}

function roomsOf(nodes: readonly Node[], podsOf: ReadonlyMap<string, readonly Pod[]>): Rooms {
  const known: Room[] = [];
  let next = 0;
  return {
    at(position) {
      for (; known.length <= position && next < nodes.length; next += 1) {
        const node = nodes[next];
        const free = node === undefined ? undefined : freeOn(node, podsOf.get(node.metadata.name) ?? []);
        if (node !== undefined && free !== undefined) known.push({ node, ...free });
      }
      return known[position];
    },
  };
}

interface Room {
  readonly node: Node;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly podSlots: number;
}

function place(moving: readonly Pod[], rooms: Rooms): { readonly misfits: number } {
  const taken = new Map<Room, { cores: number; memoryBytes: number; podSlots: number }>();
  const leftIn = (room: Room): { cores: number; memoryBytes: number; podSlots: number } => taken.get(room) ?? { ...room };
  let misfits = 0;
  for (const pod of moving.toSorted((one, other) => requestsOf(other.spec).memoryBytes - requestsOf(one.spec).memoryBytes)) {
    const wanted = requestsOf(pod.spec);
    const fits = (room: Room): boolean => {
      const left = leftIn(room);
      return accepts(room.node, pod.spec) && left.cores >= wanted.cores && left.memoryBytes >= wanted.memoryBytes && left.podSlots >= 1;
    };
    let position = 0;
    let room = rooms.at(position);
    while (room !== undefined && !fits(room)) {
      position += 1;
      room = rooms.at(position);
    }
    if (room === undefined) {
      misfits += 1;
      continue;
    }
    const left = leftIn(room);
    taken.set(room, { cores: left.cores - wanted.cores, memoryBytes: left.memoryBytes - wanted.memoryBytes, podSlots: left.podSlots - 1 });
  }
  return { misfits };
}

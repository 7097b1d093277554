import { accepts, freeOn, requestsOf } from './capacity.ts';
import { citeObject, claimFromAll } from './citation.ts';
import type { Collection } from './collection.ts';
import type { Node } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Precondition } from './mitigation.ts';
import { spokenBytes, spokenCores } from './quantity.ts';

/** Whether the pods find room by their requests on nodes outside `leaving`: first fit, largest first, as an upper bound of what the scheduler needs. */
export function spareCapacity(moving: readonly Pod[], leaving: ReadonlySet<string>, facts: { readonly nodes: Collection<Node> | undefined; readonly pods: Collection<Pod> }): Precondition {
  const claimText = `${moving.length} replica${moving.length === 1 ? '' : 's'} fit on the other nodes by requests`;
  const nodes = facts.nodes?.all.filter((node) => !leaving.has(node.metadata.name));
  if (nodes === undefined) return { claim: `${claimText} (nodes could not be read)`, holds: 'cannot-tell', because: [] };
  const rooms = nodes.flatMap((node) => {
    const free = freeOn(node, facts.pods.all.filter((pod) => pod.spec.nodeName === node.metadata.name));
    return free === undefined ? [] : [{ node, ...free }];
  });
  if (rooms.length === 0) return { claim: `${claimText} (no other node says what it can give)`, holds: nodes.length === 0 ? 'no' : 'cannot-tell', because: [] };
  const placed = place(moving, rooms);
  const cited = claimFromAll(
    placed.misfits === 0 ? 'Requests leave room on the other nodes.' : `${placed.misfits} of ${moving.length} replicas find no room.`,
    rooms.slice(0, 4).map(({ node, cores, memoryBytes }) => citeObject(node, `free by requests: ${spokenCores(cores)} cpu, ${spokenBytes(memoryBytes)} memory`)),
  );
  return { claim: claimText, holds: placed.misfits === 0 ? 'yes' : 'no', because: cited === undefined ? [] : [cited] };
}

interface Room {
  readonly node: Node;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly podSlots: number;
}

function place(moving: readonly Pod[], rooms: readonly Room[]): { readonly misfits: number } {
  const left = rooms.map((room) => ({ ...room }));
  let misfits = 0;
  for (const pod of moving.toSorted((one, other) => requestsOf(other.spec).memoryBytes - requestsOf(one.spec).memoryBytes)) {
    const wanted = requestsOf(pod.spec);
    const room = left.find((each) => accepts(each.node, pod.spec) && each.cores >= wanted.cores && each.memoryBytes >= wanted.memoryBytes && each.podSlots >= 1);
    if (room === undefined) {
      misfits += 1;
      continue;
    }
    room.cores -= wanted.cores;
    room.memoryBytes -= wanted.memoryBytes;
    room.podSlots -= 1;
  }
  return { misfits };
}

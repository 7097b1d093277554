import { flag, freeText, instant, list, maybe, number, requiredName, type Shape, type Shaped, section, text } from '../shape.ts';
import { condition, metadata } from './metadata.ts';
import { podSpec, terminated } from './pod-template.ts';

const containerState = section({
  waiting: maybe({ /** For example "CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating". */ reason: text, message: freeText }),
  running: maybe({ startedAt: instant }),
  terminated,
});

export const containerStatus = section({
  name: requiredName,
  ready: flag,
  /** False while a startup probe has not yet succeeded. Absent: the container never ran. */
  started: flag,
  restartCount: number,
  image: text,
  /** Registry digest of what really runs. Absent or empty: not pulled. */
  imageID: text,
  state: containerState,
  /** How the incarnation before this one ended. */
  lastState: containerState,
});
export type ContainerStatus = Shaped<typeof containerStatus>;

export const pod = section({
  kind: { read: () => 'Pod' } as Shape<'Pod'>,
  metadata,
  spec: podSpec,
  status: section({
    /** "Pending", "Running", "Succeeded", "Failed" or "Unknown". */
    phase: text,
    /** For example "Evicted", "NodeLost", "UnexpectedAdmissionError". Absent: nothing special. */
    reason: text,
    message: freeText,
    podIP: text,
    hostIP: text,
    startTime: instant,
    qosClass: text,
    nominatedNodeName: text,
    conditions: list(condition),
    containerStatuses: list(containerStatus),
    initContainerStatuses: list(containerStatus),
  }),
});
export type Pod = Shaped<typeof pod>;

/** How much the source may ask for at a time, how long it waits, and when it gives up. Durations are in milliseconds. */
export interface ClusterLimits {
  readonly objectsPerPage: number;
  readonly requestsAtOnce: number;
  /** To establish a connection. */
  readonly connectMilliseconds: number;
  /** From the question to the first sign of an answer. */
  readonly answerMilliseconds: number;
  /** Between two parts of an answer. */
  readonly silenceMilliseconds: number;
  /** A larger answer is given up; a list is then asked for in smaller pages. */
  readonly answerBytes: number;
  /** How often one question is asked before it counts as unanswered. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly firstPauseMilliseconds: number;
  /** The most that a Retry-After may make us wait. */
  readonly longestPauseMilliseconds: number;
  readonly logBytes: number;
  /** From asking for a log to its first sign. Shorter than others: behind the API server stands one node, which may be lost. */
  readonly logMilliseconds: number;
  /** Where the cluster refuses a list as a whole, at most so many namespaces are asked one by one. */
  readonly namespacesTried: number;
}

export const usualLimits: ClusterLimits = {
  // What kubectl asks for; 500 pods are about 3 MB.
  objectsPerPage: 500,
  // client-go's fair share is 5 requests a second over time; few at once keep an API server in trouble out of more of it.
  requestsAtOnce: 4,
  connectMilliseconds: 5_000,
  // The API server ends requests itself after 60 s; one that is silent for half of that is not going to help tonight.
  answerMilliseconds: 30_000,
  silenceMilliseconds: 15_000,
  // etcd holds objects of up to 1.5 MB; a page of 500 ordinary ones stays far below this.
  answerBytes: 64 * 1024 * 1024,
  attempts: 4,
  firstPauseMilliseconds: 250,
  longestPauseMilliseconds: 15_000,
  logBytes: 1024 * 1024,
  // A kubelet that lives answers within a second. Each log of a lost node costs this once, and all of them must fit into a budget.
  logMilliseconds: 5_000,
  // At 10 ms each this is one or two seconds.
  namespacesTried: 100,
};

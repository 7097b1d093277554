/** For routes that proxies, uptime checks and browsers ask after without wanting the answer: HEAD is told what GET is, without its body. */
export const withHead = { exposeHeadRoute: true } as const;

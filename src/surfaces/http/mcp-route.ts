import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createMcpServer } from '../mcp/mcp-server.ts';
import { type OperationRoutes, runRecorded } from './operation-routes.ts';
import { isFromOurPage } from './same-origin.ts';
import { sendFailure } from './failures.ts';

export interface McpRoute extends OperationRoutes {
  readonly version: string;
  readonly publicAddress: string | undefined;
}

/** The tools over streamable HTTP, for whoever holds a token. Each request stands for itself: there are no sessions to keep. */
export function addMcpRoute(server: FastifyInstance, route: McpRoute): void {
  const onRequest = route.guard.admit({ what: 'mcp', role: 'view', isChange: true });
  server.route({ method: ['GET', 'POST', 'DELETE'], url: '/mcp', onRequest, handler: (request, reply) => answer(route, request, reply) });
}

async function answer(route: McpRoute, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { guard, operations, version, stopping, publicAddress } = route;
  const { headers, method, url } = request;
  if (!isFromOurPage(headers, publicAddress))
    return sendFailure(reply, { status: 403, attempted: 'mcp', happened: 'it comes from another page', whatToDo: 'Use a program' });
  // Revision 2025-06-18 of the protocol took batches away; in one of them thousands of calls would count as one request.
  if (Array.isArray(request.body))
    return sendFailure(reply, { status: 400, attempted: 'mcp', happened: 'it holds several messages', whatToDo: 'Send each by itself' });
  const user = guard.userOf(request);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const handler = createMcpHandler(() =>
    createMcpServer({
      operations,
      version,
      run: async (operation, input, run) => {
        const { name: what, role, effect } = operation;
        if (!(await guard.mayDo(user, { what, role, isChange: effect !== 'reads' })))
          return { state: 'refused', because: `the role "${user.role}" may not do it` };
        return runRecorded(operation, input, { routes: route, user, ...run });
      },
    }),
  );
  const fields = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []));
  const asked = new Request(new URL(url, 'http://stanch.invalid'), {
    method,
    headers: fields,
    signal: AbortSignal.any([gone.signal, stopping]),
  });
  return reply.send(await handler.fetch(asked, method === 'POST' ? { parsedBody: request.body ?? null } : {}));
}

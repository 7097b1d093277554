export interface McpRequest {
  readonly command: 'mcp';
  /** Address of a server. */
  readonly server: string;
  /** File with an access token. */
  readonly tokenFile: string;
}

/** The same text in UTF-8 without a byte order mark. PowerShell redirects kubectl's output as UTF-16. */
export async function* utf8Chunks(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    let start = 0;
    if (isFirst && chunk.length > 0) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (chunk[0] === 0xfe && chunk[1] === 0xff) decoder = new TextDecoder('utf-16be');
      else if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) start = 3;
      isFirst = false;
    }
    yield decoder === undefined ? chunk.subarray(start) : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}

import { Agent, request } from 'node:http';

/** One request. */
interface HttpCall {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** The whole answer to it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });

/**
 * Sends a request over a real connection, follows nowhere, and reads the answer to its end. By node's own client: `fetch`
 * needs three times the work for each, and the tests send tens of thousands.
 *
 * @throws Error of the connection, if it breaks before the answer has ended
 */
export function httpCall(url: string, call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method, headers = {}, body } = call;
    const asked = request(url, { agent, method, headers: { accept: '*/*', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (more: string) => {
        text += more;
      });
      response.on('error', reject);
      response.on('end', () => {
        const found = new Headers();
        for (let at = 0; at < response.rawHeaders.length; at += 2)
          found.append(response.rawHeaders[at] as string, response.rawHeaders[at + 1] as string);
        resolve({ status: response.statusCode as number, headers: found, text });
      });
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      // A connection that was kept, and that the server has ended meanwhile: it has not heard of this request.
      if (asked.reusedSocket && error.code === 'ECONNRESET') httpCall(url, call).then(resolve, reject);
      else reject(error);
    });
    asked.end(body);
  });
}

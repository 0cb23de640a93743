import type { DocumentDifference } from './changes.ts';
import { request, type Sending } from './request.ts';

interface Warning {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

/** What a write has made. */
export interface Written<Document = unknown> {
  readonly document: Document;
  readonly revision?: number;
  readonly id?: string;
  /** False: everything was as asked already. */
  readonly changed: boolean;
  readonly warnings: readonly Warning[];
}

/** What a write would make. */
export interface Preview {
  readonly changed: boolean;
  readonly warnings: readonly Warning[];
  readonly documents: readonly DocumentDifference[];
}

/** One write, ready to be previewed, carried out, or proposed. `url` is whole: `/api/v1/…`. */
export interface Write extends Omit<Sending, 'signal'> {
  readonly url: string;
}

export function carryOut<Document>({ url, ...sending }: Write): Promise<Written<Document>> {
  return request<Written<Document>>(url, { method: 'POST', ...sending });
}

/** Asks what would come of it; nothing is written. */
export function preview({ url, ...sending }: Write, signal?: AbortSignal): Promise<Preview> {
  return request<Preview>(withQuery(url, 'dryRun=true'), { method: 'POST', ...sending, ...(signal && { signal }) });
}

/** Makes it a change request, which somebody else has to approve. */
export function propose({ url, ...sending }: Write): Promise<{ readonly changeRequest: { readonly id: string } }> {
  return request(withQuery(url, 'propose=true'), { method: 'POST', ...sending });
}

function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
